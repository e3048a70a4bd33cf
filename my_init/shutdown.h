#ifndef MY_INIT_SHUTDOWN_H
#define MY_INIT_SHUTDOWN_H

#include <stdbool.h>

/* As runsvdir's hook NAME: stop runs the files of pre_shutdown, finish those of post_shutdown. One
 * that fails is warned about and keeps no other from running. The exit code. */
int shutdown_run(char const *name, bool quiet);

#endif
