#include "tap.h"
#include "ticket.h"

int main(void)
{
	struct tickets t = { 0 };
	struct ticket back;

	ok(ticket_ask(&t, 't', 7), "none is out: it may start");
	ticket_out(&t, 't', 100, 7);
	ok(tickets_any(&t), "one is out");
	ok(ticket_is_out(&t, 't', 7) && !ticket_is_out(&t, 't', 8) && !ticket_is_out(&t, 'k', 7),
	   "for that process, and of that letter");
	ok(ticket_ask(&t, 'k', 7), "another letter need not wait");
	ok(!ticket_ask(&t, 't', 7) && !ticket_ask(&t, 't', 7), "the same letter waits");
	ticket_back(&t, 'h', &back);
	is_int(back.pid, 0, "none of another letter is out");
	ticket_back(&t, 't', &back);
	is_int(back.pid, 100, "its script");
	ok(back.asked == 7 && back.again == 7,
	   "whom it was asked for, and that it is to be asked again, once");
	ok(!tickets_any(&t) && ticket_ask(&t, 't', 7), "it is free again");
	ticket_out(&t, 'u', 101, 0);
	ticket_ask(&t, 'u', 7);
	ticket_back(&t, 'u', &back);
	ok(!back.again, "the start that waits takes the end of the u that is out");
	is_int(ticket_event('t', true), EV_TERM_TAKEN, "t, success");
	is_int(ticket_event('t', false), EV_TERM_DENIED, "t, failure");
	is_int(ticket_event('h', true), EV_SIGNAL_TAKEN, "a signal that was taken");
	is_int(ticket_event('h', false), EV_SIGNAL_DENIED, "and is sent otherwise");
	is_int(ticket_event('u', false), EV_PREPARED, "control/u: its code is ignored");
	is_int(ticket_event('d', true), EVENTS, "control/d as well");
	return done();
}
