#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "record.h"
#include "status.h"

/* "Eventually" means these: a minute after the last disturbance nothing happens any more. */

static struct inode *file_of(struct service const *s, int who, char const *name)
{
	return tree(s->dir, text_of("%ssupervise/%s", who ? "log/" : "", name));
}

static char const *slot_name(struct service const *s, int who)
{
	return text_of("%s%s", s->name, who ? "/log" : "");
}

/* The last command wins. */
static void obeyed(struct service const *s, int who, struct record const *r)
{
	char const last = s->unsure[who] ? 0 : s->last[who];
	bool const up = r->want == WANT_UP;

	if (last == 'x' ? r->want != WANT_UP || !who : last && (last == 'u') != up)
		broken("the last command wins: %s was told %c, and wants %s", slot_name(s, who),
		       last, want_names[r->want]);
}

static void slot_settled(struct service const *s, int who)
{
	struct inode const *const text = file_of(s, who, "record");
	struct inode const *const status = file_of(s, who, "status");
	pid_t const pid = s->run[who] ? s->run[who]->pid : 0;
	struct status shown;
	struct record r = { .want = WANTS };

	if (!text || !status || status->size != STATUS_SIZE) {
		broken("what lives is recorded and shown: %s", slot_name(s, who));
		return;
	}
	status_unpack(&shown, status->data);
	/* where nothing has ever happened, nothing is recorded */
	if (!text->size)
		r.want = shown.want == 'u' ? WANT_UP : WANT_DOWN;
	else if (!record_parse(&r, text->data, text->size))
		broken("a record can be read: %s", slot_name(s, who));
	if (r.want == WANT_UP && !pid)
		broken("what is wanted up comes up: %s", slot_name(s, who));
	if ((r.want == WANT_DOWN || r.want == WANT_EXIT) && pid)
		broken("what is wanted down goes down: %s is %d", slot_name(s, who), (int)pid);
	if (r.process.pid != pid)
		broken("the record tells the truth: %s is %d, not %d", slot_name(s, who), (int)pid,
		       (int)r.process.pid);
	if (shown.pid != (uint32_t)pid || (shown.want == 'u') != (r.want == WANT_UP) ||
	    shown.state != (pid ? STATUS_RUN : STATUS_DOWN))
		broken("the status tells the truth: %s is %d, not %u, %c", slot_name(s, who),
		       (int)pid, (unsigned int)shown.pid, shown.want);
	obeyed(s, who, &r);
}

bool settled_wants_down(struct service const *s)
{
	struct inode const *const text = file_of(s, OF_SERVICE, "record");
	struct record r;

	return text && record_parse(&r, text->data, text->size) &&
	       (r.want == WANT_DOWN || r.want == WANT_EXIT);
}

/* A runsv of a scanner that was killed, which lay still before it had done anything that could be
 * seen, and whose entry went meanwhile: nobody can know of it (DESIGN.md). */
static bool is_nobodys(struct service const *s)
{
	return s->runsv && s->runsv_since > s->moved && s->runsv->born < s->moved &&
	       s->runsv->parent != judge_scanner();
}

static void gone(struct service const *s)
{
	if (is_nobodys(s))
		return;
	if (s->runsv || s->run[0] || s->run[1] || s->finish)
		broken("what has gone is stopped: %s, runsv %d, run %d, log %d, finish %d", s->name,
		       s->runsv ? (int)s->runsv->pid : 0, s->run[0] ? (int)s->run[0]->pid : 0,
		       s->run[1] ? (int)s->run[1]->pid : 0, s->finish ? (int)s->finish->pid : 0);
}

void settled_services(void)
{
	for (int i = 0; i < service_count; i++) {
		struct service const *const s = services[i];

		if (s->left)
			continue;
		if (!s->in_scan) {
			gone(s);
			continue;
		}
		if (!s->runsv) {
			broken("what is there is supervised: %s", s->name);
			continue;
		}
		if (s->finish)
			broken("a finish ends: %s", s->name);
		slot_settled(s, OF_SERVICE);
		if (file_of(s, OF_LOGGER, "lock"))
			slot_settled(s, OF_LOGGER);
	}
}

/* Nothing is left: no process, no record, no line that is in no file. */
void settled_end(void)
{
	for (int i = 0; i < w.processes; i++)
		if (w.table[i] != w.init && process_lives(w.table[i]) &&
		    !(w.table[i]->service && w.table[i]->service->left))
			broken("nothing is left after the stop: %s", process_name(w.table[i]));
	for (int i = 0; i < service_count; i++) {
		if (services[i]->left)
			continue;
		gone(services[i]);
		if (file_of(services[i], OF_SERVICE, "record") ||
		    file_of(services[i], OF_SERVICE, "pipe"))
			broken("an orderly end removes the record: %s", services[i]->name);
		if (services[i]->main)
			log_whole(services[i]);
	}
}

static bool ran_since(struct service const *s, pid_t pid, int64_t since)
{
	if (s->run_count > RUNS_KEPT)
		return true; /* too many to tell */
	for (unsigned int i = 0; i < s->run_count; i++)
		if (s->runs[i].pid == pid && (!s->runs[i].ended || s->runs[i].ended >= since))
			return true;
	return false;
}

/* What sv calls "ok" was so at some moment after it wrote its letters, as far as runsv can know: it
 * sees an end when it gets its turn. */
void settled_claims(struct process *sv)
{
	enum { TURN = 20 };
	struct service const *const s = sv->service;
	int64_t const since = (sv->sent ? sv->sent : sv->born) - TURN * MS;
	char const *pid, *said = sv->said;

	if (strstr(said, "supervise/status: "))
		broken("the status is always there, and whole: %s", said);
	if (!s || s->blind > since || strncmp(said, "ok: ", 4) != 0)
		return;
	said += 4;
	if (strstr(said, "runsv not running")) {
		if (s->runsv && s->runsv_since < since)
			broken("sv tells the truth: runsv %d of %s never went", (int)s->runsv->pid,
			       s->name);
	} else if (!strncmp(said, "run: ", 5) && (pid = strstr(said, "(pid ")) != NULL) {
		if (!ran_since(s, atoi(pid + 5), since))
			broken("sv tells the truth: %s did not run as %d", s->name, atoi(pid + 5));
	} else if (!strncmp(said, "down: ", 6)) {
		if ((s->run[0] || s->finish) && s->busy_since < since)
			broken("sv tells the truth: %s was not down", s->name);
	}
}
