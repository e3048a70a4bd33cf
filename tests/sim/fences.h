/* Included before svlogd/ledger.c, whose stores have an order: in the simulation a process may be
 * killed between two of them as well. */
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

void sim_fence(void);
void *sim_ledger_memcpy(void *to, void const *from, size_t n);

#undef atomic_signal_fence
#define atomic_signal_fence(order) sim_fence()
#define memcpy sim_ledger_memcpy
