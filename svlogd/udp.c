#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "show.h"
#include "udp.h"

enum udp udp_send(struct svlogd *s, struct logdir const *d, uint32_t at, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(d->config.udp.port) };
	struct iovec v[SHOW_PARTS];
	struct msghdr const m = {
		.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = v, .msg_iovlen = SHOW_PARTS
	};

	/* never connected, so that nobody's refusal becomes the failure of another line */
	if (s->udp < 0)
		s->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->udp < 0)
		return UDP_NO_SOCKET;
	memcpy(&to.sin_addr, d->config.udp.ip, sizeof to.sin_addr);
	show_parts(v, s, d, at, len);
	return sendmsg(s->udp, &m, MSG_DONTWAIT) < 0 ? UDP_FAILED : UDP_SENT;
}
