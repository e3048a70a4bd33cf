/* Prints what the machine does by running it: every phase, want and event, and what came out. */
#include <stdio.h>

#include "slot.h"

static void print_acts(unsigned int acts)
{
	char const *comma = "";

	for (unsigned int i = 0; i < ACTIONS; i++) {
		if (!(acts & 1u << i))
			continue;
		printf("%s%s", comma, action_names[i]);
		comma = ", ";
	}
}

static void print_flags(struct slot const *before, struct slot const *after)
{
	if (after->term && !before->term)
		printf(" +term");
	if (after->paused && !before->paused)
		printf(" +paused");
	if (!after->paused && before->paused)
		printf(" -paused");
	if (after->told && !before->told)
		printf(" +told");
}

static void run(enum phase phase, enum want want, enum event_kind kind)
{
	struct event const e = { .kind = kind, .letter = 'h', .pid = 7 };
	struct slot s = { .phase = phase,
			  .want = want,
			  .policy = policy_none,
			  .pid = phase == PHASE_RUN || phase == PHASE_FINISH ? 7 : 0,
			  .paused = kind == EV_CONT_DENIED || kind == EV_CONT_TAKEN };
	struct slot const before = s;
	unsigned int const acts = slot_step(&s, &e);

	if (!acts && s.phase == before.phase && s.want == before.want && s.pid == before.pid &&
	    s.term == before.term && s.paused == before.paused && s.told == before.told &&
	    s.failures == before.failures)
		return;
	printf("%-8s %-5s %-14s -> %-8s %-5s", phase_names[phase], want_names[want],
	       event_names[kind], phase_names[s.phase], want_names[s.want]);
	print_flags(&before, &s);
	printf(acts ? "  " : "");
	print_acts(acts);
	printf("\n");
}

int main(void)
{
	printf("# phase  want  event             phase'   want'  flags, actions; what is not here "
	       "does nothing\n");
	for (unsigned int p = 0; p < PHASES; p++)
		for (unsigned int w = 0; w < WANTS; w++)
			for (unsigned int k = 0; k < EVENTS; k++)
				run((enum phase)p, (enum want)w, (enum event_kind)k);
	return 0;
}
