#include <signal.h>

#include <skalibs/strerr.h>

#include "events.h"
#include "outlet.h"
#include "show.h"
#include "svlogd.h"

static uint32_t bit(int sig)
{
	return UINT32_C(1) << sig;
}

void signals_note(struct svlogd *s)
{
	for (int sig; (sig = events_signal(s->signals, NULL)) != 0;) {
		s->term = s->term || sig == SIGTERM;
		s->hup = s->hup || sig == SIGHUP;
		s->alrm = s->alrm || sig == SIGALRM;
		s->child = s->child || sig == SIGCHLD;
		s->unsaid |= bit(sig);
	}
}

bool signals_read(struct svlogd *s)
{
	static struct {
		int sig;
		char const *name;
	} const names[] = {
		{ SIGHUP, "sighangup" },
		{ SIGALRM, "sigalarm" },
		{ SIGTERM, "sigterm" },
		{ SIGCHLD, "sigchild" },
	};

	signals_note(s);
	uint32_t const came = s->unsaid;
	s->unsaid = 0;
	for (size_t i = 0; s->verbose && i < sizeof names / sizeof *names; i++)
		if (came & bit(names[i].sig))
			strerr_warni(names[i].name, " received.");
	return came & (bit(SIGTERM) | bit(SIGHUP));
}

void signals_open(struct svlogd *s)
{
	static int const heard[] = { SIGTERM, SIGHUP, SIGALRM, SIGCHLD, 0 };

	s->signals = events_signals(&s->mask, heard);
	if (s->signals < 0)
		strerr_diefusys(111, "set up signals");
	/* a limit of file size is a full disk, and the log is more than who reads our errors */
	s->xfsz = signal(SIGXFSZ, SIG_IGN);
	s->pipe = signal(SIGPIPE, SIG_IGN);
	outlet_open(&show_message, s);
}
