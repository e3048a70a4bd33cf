#include <unistd.h>

#include <skalibs/strerr.h>

#include "runsv.h"

/* The state as a successor must know it. A run that is about to be started is none yet: the child
 * records itself. */
static void project(struct record *r, struct slot const *s)
{
	bool const none = s->phase == PHASE_DOWN || s->phase == PHASE_PREPARE ||
			  (s->phase == PHASE_RUN && !s->pid);

	r->want = s->want;
	r->phase = none ? PHASE_DOWN : s->phase;
	if (none || s->pid != r->process.pid)
		r->process = (struct identity){ 0 };
	r->told = s->told;
	r->term = s->term;
	r->paused = s->paused;
	r->wstat = s->wstat;
	r->since = s->since;
}

static bool differs(struct record const *a, struct record const *b)
{
	return a->want != b->want || a->phase != b->phase || a->process.pid != b->process.pid ||
	       a->told != b->told || a->term != b->term || a->paused != b->paused;
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
	struct record const was = v->record[who];

	project(&v->record[who], &v->pair.slot[who]);
	if (v->record_file[who] < 0 || (v->recorded[who] && !differs(&was, &v->record[who])))
		return;
	if (keep_write(v, who) < 0)
		strerr_warnwusys("write ", runsv_where[who], "supervise/record");
}
