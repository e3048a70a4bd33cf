/* A directory's files for a processor: one child at a time, none is forgotten, and failures are
 * paced. */
#include "fuzz.h"
#include "queue.h"

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	struct queue q = { 0 };
	unsigned int files = 0, failures = 0;
	pid_t child = 0, last = 0;

	while (f.left) {
		unsigned int const byte = feed_byte(&f), what = byte & 7;
		bool const over = byte & 8;

		if (what < 2) {
			files++;
			queue_add(&q);
		} else if (what == 2) {
			failures = 0;
			if (byte & 16) /* another directory */
				child = 0;
			queue_renew(&q, byte & 16);
		} else if (what < 5 && queue_wants(&q, over)) {
			must(!child, "one at a time");
			must(!failures || over, "not before the pause is over");
			if (!files) {
				queue_empty(&q);
				must(!queue_wants(&q, true),
				     "without a file there is nothing to do");
			} else if (byte & 16) { /* it can't be started */
				failures++;
				queue_ended(&q, true);
			} else {
				child = ++last;
				queue_started(&q, child);
			}
		} else if (child && what >= 5) {
			child = 0;
			failures = byte & 16 ? failures + 1 : 0;
			files -= !(byte & 16);
			queue_ended(&q, byte & 16);
		}
		unsigned int const pause = !failures ? 0 : failures > 6 ? 60 : 1u << (failures - 1);
		must(q.pid == child, "the child is known");
		must(q.pause == pause, "1 second, doubled, 60 at most");
		must(child || !files || queue_wants(&q, true), "no file is forgotten");
		must(!child || !queue_wants(&q, true), "while one works none is wanted");
	}
	return 0;
}
