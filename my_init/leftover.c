#include <signal.h>
#include <unistd.h>

#include <skalibs/types.h>

#include "files.h"
#include "leftover.h"
#include "proc.h"

static void signal_children(int sig)
{
	struct dirent **list;
	struct proc p;
	unsigned int pid;
	int const n = files_list("/proc", &list);

	for (int i = 0; i < n; i++)
		if (uint0_scan(list[i]->d_name, &pid) && proc_read((pid_t)pid, &p) == 0 &&
		    p.state != 'Z' && p.parent == getpid())
			kill((pid_t)pid, sig);
	if (n >= 0)
		files_forget(list, n);
}

void leftover_signal(int sig)
{
	if (getpid() == 1)
		kill(-1, sig);
	else
		signal_children(sig);
}
