#ifndef TEND_SETTINGS_H
#define TEND_SETTINGS_H

#include "policy.h"

/* What the settings in the service directory dir say, read before each start of run. What is no
 * setting, or can't be understood, is warned about, and the default holds. */
void settings_read(int dir, struct policy *p);

#endif
