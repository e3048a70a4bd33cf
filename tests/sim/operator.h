#ifndef SIM_OPERATOR_H
#define SIM_OPERATOR_H

#include "kernel.h"

/* Who has the machine: makes services, sends letters, moves directories about, and kills. */

/* A tree with some services. */
void operator_begin(void);
/* Starts the scanner if there is none. */
void operator_tend(void);
/* Does something. */
void operator_act(void);
/* From now on all is as it should be; what hangs ends. */
void operator_calm(void);
void operator_help(void);
/* TERM to what should have ended by now. */
void operator_insist(void);
/* The last orders: each service is told once more what to do. */
void operator_order(void);
/* Everything is to end. */
void operator_stop(void);

#endif
