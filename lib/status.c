#include <string.h>

#include <skalibs/uint32.h>

#include "status.h"

void status_pack(char bytes[STATUS_SIZE], struct status const *s)
{
	tain_pack(bytes, &s->since);
	bytes[12] = (char)(s->pid & 0xff);
	bytes[13] = (char)(s->pid >> 8 & 0xff);
	bytes[14] = (char)(s->pid >> 16 & 0xff);
	bytes[15] = (char)(s->pid >> 24);
	bytes[16] = (char)s->paused;
	bytes[17] = s->want;
	bytes[18] = (char)s->term;
	bytes[19] = (char)s->state;
}

void status_unpack(struct status *s, char const bytes[STATUS_SIZE])
{
	tain_unpack(bytes, &s->since);
	s->pid = 0;
	for (int i = 3; i >= 0; i--)
		s->pid = s->pid << 8 | (unsigned char)bytes[12 + i];
	s->paused = bytes[16] != 0;
	s->want = bytes[17];
	s->term = bytes[18] != 0;
	s->state = (uint8_t)bytes[19];
}

static size_t append(char *text, size_t len, char const *word)
{
	size_t const n = strlen(word);

	memcpy(text + len, word, n);
	return len + n;
}

size_t status_text(char text[STATUS_TEXT_MAX], struct status const *s, bool exiting)
{
	static char const names[3][8] = { "down", "run", "finish" };
	size_t len = append(text, 0, names[s->state <= STATUS_FINISH ? s->state : STATUS_DOWN]);

	if (s->paused)
		len = append(text, len, ", paused");
	if (s->term)
		len = append(text, len, ", got TERM");
	if (s->state != STATUS_DOWN && s->want != 'u')
		len = append(text, len, exiting ? ", want exit" : ", want down");
	return append(text, len, "\n");
}

size_t status_pid(char text[STATUS_PID_MAX], uint32_t pid)
{
	if (!pid)
		return 0;
	size_t const len = uint32_fmt(text, pid);
	text[len] = '\n';
	return len + 1;
}
