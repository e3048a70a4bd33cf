/* The ordered stop: whatever comes when, it ends in its time, after one KILL at most. */
#include "fuzz.h"
#include "stop.h"

/* What should happen, from the sentences of stop.h. */
struct model {
	bool asked, killed, over;
	int code;
	uint64_t kill, end; /* when */
	uint64_t named;     /* when it was last said what is waited for */
	uint64_t untold;    /* when somebody was to be told again; UINT64_MAX: nobody */
};

static void ask(struct stop *s, struct model *m, int code, uint64_t now)
{
	bool const first = stop_asked(s, code, now);

	must(first == !m->asked, "the first signal begins it, no other");
	if (first) {
		*m = (struct model){ .asked = true,
				     .code = code,
				     .kill = now + STOP_TIMEOUT,
				     .end = UINT64_MAX,
				     .named = now,
				     .untold = UINT64_MAX };
	} else if (!m->killed && now < m->kill) {
		m->kill = now;
	}
}

static void act(struct stop *s, struct model *m, enum stop_action a, struct feed *f, uint64_t now)
{
	switch (a) {
	case STOP_WAIT:
		break;
	case STOP_NAME:
		must(!m->killed && now < m->kill, "patience is at an end");
		must(now >= m->named + STOP_SAY, "names are said once a second");
		m->named = now - (now - m->named) % STOP_SAY;
		break;
	case STOP_KILL:
		must(!m->killed && now >= m->kill, "KILL comes once, when the time is up");
		m->killed = true;
		m->end = now + STOP_REST;
		if (feed_byte(f) & 1) {
			stop_killed(s);
			m->code = STOP_KILLED;
		}
		break;
	case STOP_TELL:
		must(m->killed && now >= m->untold, "who was not told is told again");
		m->untold = UINT64_MAX;
		break;
	case STOP_END:
		must(false, "the end is looked for elsewhere");
	}
}

/* A turn of the loop of runsvdir with so many services left. */
static void turn(struct stop *s, struct model *m, size_t left, struct feed *f, uint64_t now)
{
	enum stop_action a;

	for (int i = 0; (a = stop_next(s, left, now)) != STOP_WAIT; i++) {
		must(m->asked && i < 3, "it comes to rest");
		if (a == STOP_END) {
			must(!left || (m->killed && now >= m->end), "it ends not before");
			must(stop_code(s) == m->code, "with the code of the first signal or KILL");
			m->over = true;
			return;
		}
		act(s, m, a, f, now);
	}
	must(!m->asked || left, "when all are gone it ends");
	must(!m->asked || now < (m->killed ? m->end : m->kill), "nothing is put off");
	must(m->killed || !m->asked || now < m->named + STOP_SAY, "nor is it quiet");
	if (m->killed && feed_byte(f) & 1) {
		stop_untold(s, now);
		m->untold = m->untold < UINT64_MAX ? m->untold : now + STOP_AGAIN;
	}
	must(m->untold == UINT64_MAX || now < m->untold, "nobody is forgotten");
	must(stop_deadline(s) > now, "there is something to wait for");
	must(m->asked || stop_deadline(s) == UINT64_MAX, "nothing is due before a signal");
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	struct stop s = { .phase = STOP_NONE };
	struct model m = { .asked = false, .untold = UINT64_MAX };
	size_t left = feed_byte(&f) % 8;
	uint64_t now = feed_number(&f, 2);
	uint64_t first = 0;

	while (!m.over && (f.left || m.asked)) {
		unsigned int const byte = feed_byte(&f), what = byte & 7, by = byte >> 3;
		uint64_t const due = stop_deadline(&s);
		if (what == 1) {
			first = m.asked ? first : now;
			ask(&s, &m, by & 1 ? 111 : 0, now);
		} else if (what == 2) {
			left = left > by ? left - by : 0;
		} else if (what == 3) {
			now += by * 100; /* the machine was busy */
		} else if (what == 4) {
			now = now + by < due ? now + by : due;
		} else if (due < UINT64_MAX) {
			now = due;
		}
		turn(&s, &m, left, &f, now);
		/* a busy machine is late for each of the two deadlines at most */
		must(!m.asked || now - first <= STOP_TIMEOUT + STOP_REST + 2 * 3100,
		     "it ends by itself");
	}
	return 0;
}
