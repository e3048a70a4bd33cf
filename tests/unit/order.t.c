#include "../../runsvdir/order.h"
#include "tap.h"

static void add(struct order *o, uint64_t who, uint64_t on)
{
	order_add(o, 1, who, 1, on);
}

/* Which of the services 1 to 6 may be told, as digits; those that have gone are not asked about. */
static char const *may(struct order const *o, char const *gone)
{
	static char text[8];
	size_t n = 0;

	for (char c = '1'; c <= '6'; c++)
		if (!strchr(gone, c) && order_may(o, 1, (uint64_t)(c - '0')))
			text[n++] = c;
	text[n] = 0;
	return text;
}

static void chain(void)
{
	struct order o = ORDER_ZERO;

	is_text(may(&o, ""), "123456", "without a word all are free");
	add(&o, 1, 2); /* web on app, app on db, worker on db */
	add(&o, 2, 3);
	add(&o, 4, 3);
	add(&o, 1, 2);
	add(&o, 5, 5);
	is_text(may(&o, ""), "1456", "who is needed waits");
	order_gone(&o, 1, 1);
	is_text(may(&o, "1"), "2456", "the next");
	order_gone(&o, 1, 2);
	is_text(may(&o, "12"), "456", "one of two that need it has gone");
	order_gone(&o, 1, 2);
	is_text(may(&o, "12"), "456", "and counts once");
	order_gone(&o, 1, 4);
	is_text(may(&o, "124"), "356", "both have");
	order_gone(&o, 1, 6);
	ok(!order_break(&o), "nothing is stuck");
	ok(order_may(&o, 2, 3), "another device is another service");
	order_forget(&o);
}

static void circles(void)
{
	struct order o = ORDER_ZERO;

	add(&o, 1, 2); /* 1 2 3 in a circle, 4 needed by it, 5 needs it; 6 is free */
	add(&o, 2, 3);
	add(&o, 3, 1);
	add(&o, 3, 4);
	add(&o, 5, 1);
	is_text(may(&o, ""), "56", "who needs a circle is free");
	order_gone(&o, 1, 5);
	is_text(may(&o, "5"), "6", "a circle is stuck");
	ok(order_break(&o), "it is broken");
	is_text(may(&o, "5"), "1236", "all of it is free, and no more");
	order_gone(&o, 1, 1);
	order_gone(&o, 1, 2);
	order_gone(&o, 1, 3);
	is_text(may(&o, "1235"), "46", "then who was needed");
	order_forget(&o);
}

static void hurry(void)
{
	struct order o = ORDER_ZERO;

	add(&o, 1, 2);
	add(&o, 2, 3);
	order_free_all(&o);
	is_text(may(&o, ""), "123456", "time is short: all are free");
	order_gone(&o, 1, 1);
	is_text(may(&o, "1"), "23456", "and stay so");
	order_forget(&o);
}

int main(void)
{
	chain();
	circles();
	hurry();
	return done();
}
