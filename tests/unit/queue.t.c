#include "../../svlogd/queue.h"
#include "tap.h"

int main(void)
{
	struct queue q = { 0 };

	ok(!queue_wants(&q, true), "no file: nothing to do");
	queue_add(&q);
	ok(queue_wants(&q, false), "a file: at once");
	queue_started(&q, 7);
	queue_add(&q);
	ok(!queue_wants(&q, true), "one at a time");
	queue_ended(&q, false);
	ok(queue_wants(&q, false), "the next one at once, if there is one");
	queue_empty(&q);
	ok(!queue_wants(&q, true), "none is there");

	static unsigned int const pauses[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	queue_add(&q);
	for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
		queue_started(&q, 7);
		queue_ended(&q, true);
		is_int((long)q.pause, (long)pauses[i], "seconds after a failure");
	}
	ok(!queue_wants(&q, false), "not before they are over");
	ok(queue_wants(&q, true), "then again");
	queue_add(&q);
	ok(!queue_wants(&q, false), "one more file changes nothing");
	queue_renew(&q, false);
	ok(queue_wants(&q, false), "somebody has changed something: at once");
	queue_started(&q, 7);
	queue_ended(&q, true);
	is_int((long)q.pause, 1, "and from the beginning");
	queue_started(&q, 7);
	queue_renew(&q, false);
	ok(!queue_wants(&q, true), "one that works is waited for in the same directory");
	queue_renew(&q, true);
	ok(queue_wants(&q, true), "not in another one");
	queue_started(&q, 7);
	queue_ended(&q, false);
	is_int((long)q.pause, 0, "a success ends the failures");
	queue_ended(&q, true);
	is_int((long)q.pause, 1, "could not be started: a failure");
	return done();
}
