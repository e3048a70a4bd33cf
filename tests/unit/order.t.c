#include "../../runsvdir/order.h"
#include "tap.h"

static struct order_id service(uint64_t n)
{
	return (struct order_id){ .ino = n, .dev = 1 };
}

static void add(struct order *o, uint64_t who, uint64_t on)
{
	order_add(o, service(who), service(on));
}

/* Which of the services 1 to 6 may be told, as digits; those that are down are not asked about. */
static char const *may(struct order const *o, char const *down)
{
	static char text[8];
	size_t n = 0;

	for (char c = '1'; c <= '6'; c++)
		if (!strchr(down, c) && order_may(o, service((uint64_t)(c - '0'))))
			text[n++] = c;
	text[n] = 0;
	return text;
}

static void chain(void)
{
	struct order o = { 0 };

	is_text(may(&o, ""), "123456", "without a word all are free");
	add(&o, 1, 2); /* web on app, app on db, worker on db */
	add(&o, 2, 3);
	add(&o, 4, 3);
	add(&o, 1, 2);
	add(&o, 5, 5);
	ok(order_ready(&o), "all has been said");
	is_text(may(&o, ""), "1456", "who is needed waits");
	order_down(&o, service(1));
	is_text(may(&o, "1"), "2456", "the next");
	order_down(&o, service(2));
	is_text(may(&o, "12"), "456", "one of two that need it has gone");
	order_down(&o, service(2));
	is_text(may(&o, "12"), "456", "and counts once");
	order_down(&o, service(4));
	is_text(may(&o, "124"), "356", "both have");
	order_down(&o, service(6));
	ok(!order_break(&o), "nothing is stuck");
	ok(order_may(&o, (struct order_id){ .ino = 3, .dev = 2 }),
	   "another device is another service");
	order_forget(&o);
}

static void circles(void)
{
	struct order o = { 0 };

	add(&o, 1, 2); /* 1 2 3 in a circle, 4 needed by it, 5 needs it; 6 is free */
	add(&o, 2, 3);
	add(&o, 3, 1);
	add(&o, 3, 4);
	add(&o, 5, 1);
	order_ready(&o);
	is_text(may(&o, ""), "56", "who needs a circle is free");
	order_down(&o, service(5));
	is_text(may(&o, "5"), "6", "a circle is stuck");
	ok(order_break(&o), "it is broken");
	is_text(may(&o, "5"), "1236", "all of it is free, and no more");
	order_down(&o, service(1));
	order_down(&o, service(2));
	order_down(&o, service(3));
	is_text(may(&o, "1235"), "46", "then who was needed");
	order_forget(&o);
}

static void holds(void)
{
	struct order o = { 0 };

	add(&o, 1, 2);
	add(&o, 2, 3);
	order_ready(&o);
	ok(order_holds(&o, service(1)) && order_holds(&o, service(2)) &&
		   !order_holds(&o, service(3)) && !order_holds(&o, service(4)),
	   "whom another one waits for");
	order_down(&o, service(1));
	ok(!order_holds(&o, service(1)) && order_holds(&o, service(2)), "not when it is down");
	order_down(&o, service(9));
	order_forget(&o);
}

/* Many: what each event costs does not grow with their number. */
static void many(void)
{
	enum { MANY = 20000 };
	struct order o = { 0 };
	bool in_order = true;

	for (uint64_t i = 1; i < MANY; i++)
		add(&o, i, i + 1);
	order_ready(&o);
	for (uint64_t i = 1; i <= MANY; i++) {
		in_order = in_order && order_may(&o, service(i)) &&
			   (i == MANY || !order_may(&o, service(i + 1)));
		order_down(&o, service(i));
	}
	ok(in_order, "a long chain, one after the other");
	order_forget(&o);
}

int main(void)
{
	chain();
	circles();
	holds();
	many();
	return done();
}
