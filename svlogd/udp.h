#ifndef TEND_UDP_H
#define TEND_UDP_H

#include "svlogd.h"

/* What has become of a line; 0: it was not sent yet. */
enum udp { UDP_SENT = 1, UDP_FAILED, UDP_NO_SOCKET };

/* Sends the line that begins at `at` and of which len bytes are looked at, as d's config says. One
 * attempt that does not wait: who does not listen costs nothing. */
enum udp udp_send(struct svlogd *s, struct logdir const *d, uint32_t at, size_t len);

#endif
