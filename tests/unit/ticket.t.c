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
	is_int(ticket_back(&t, 99, &back), 0, "nobody's process");
	is_int(ticket_back(&t, 0, &back), 0, "no process is nobody's");
	is_int(ticket_back(&t, 100, &back), 't', "its letter");
	ok(back.asked == 7 && back.again == 7,
	   "whom it was asked for, and that it is to be asked again, once");
	ok(!tickets_any(&t) && ticket_ask(&t, 't', 7), "it is free again");
	ticket_out(&t, 'u', 101, 0);
	ticket_ask(&t, 'u', 7);
	ticket_back(&t, 101, &back);
	ok(!back.again, "the start that waits takes the end of the u that is out");
	is_int(ticket_event('t', true), EV_TERM_TAKEN, "t, success");
	is_int(ticket_event('t', false), EV_TERM_DENIED, "t, failure");
	is_int(ticket_event('h', true), EVENTS, "a signal that was taken is none");
	is_int(ticket_event('h', false), EV_SIGNAL_DENIED, "and is sent otherwise");
	is_int(ticket_event('u', false), EV_PREPARED, "control/u: its code is ignored");
	is_int(ticket_event('d', true), EVENTS, "control/d as well");
	return done();
}
