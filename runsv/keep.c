#include <unistd.h>

#include <skalibs/strerr.h>

#include "runsv.h"

/* A run that is about to be started is none yet: the child records itself. */
static enum phase recorded_phase(struct slot const *s)
{
	if (s->phase == PHASE_PREPARE || (s->phase == PHASE_RUN && !s->pid))
		return PHASE_DOWN;
	return s->phase;
}

static bool says_so(struct record const *r, struct slot const *s, bool telling)
{
	return r->want == s->want && r->phase == recorded_phase(s) && r->process.pid == s->pid &&
	       (telling || (r->told == s->told && r->term == s->term)) && r->paused == s->paused &&
	       r->over == s->over && r->code == s->code && r->killed == s->killed &&
	       r->sent == s->sent;
}

int keep_write(struct runsv *v, unsigned int who)
{
	char text[RECORD_SIZE];

	if (v->record_file[who] < 0)
		return -1;
	size_t const len = record_format(text, &v->record[who]);
	v->recorded[who] = pwrite(v->record_file[who], text, len, 0) == (ssize_t)len;
	if (v->recorded[who] && len < v->record_len[who])
		v->recorded[who] = ftruncate(v->record_file[who], (off_t)len) == 0;
	v->record_len[who] = len;
	return v->recorded[who] ? 0 : -1;
}

void keep(struct runsv *v, unsigned int who)
{
	struct record *const r = &v->record[who];
	struct slot const *const s = &v->pair.slot[who];

	/* what the record says of a process must not go before that has been taken up */
	if (v->record_file[who] < 0 || v->recalled[who] ||
	    (v->recorded[who] && says_so(r, s, v->telling[who])))
		return;
	if (s->pid != r->process.pid)
		r->process = (struct identity){ 0 };
	r->want = s->want;
	r->phase = recorded_phase(s);
	if (!v->telling[who]) {
		r->told = s->told;
		r->term = s->term;
	}
	r->paused = s->paused;
	r->over = s->over;
	r->code = s->code;
	r->killed = s->killed;
	r->sent = s->sent;
	r->policy = s->policy;
	r->wstat = s->wstat;
	r->since = s->since;
	if (keep_write(v, who) < 0)
		strerr_warnwusys("write ", runsv_where[who], "supervise/record");
}
