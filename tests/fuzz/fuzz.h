#ifndef TEND_FUZZ_H
#define TEND_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

/* What has to hold, whatever the input is. */
static inline void must(bool cond, char const *what)
{
	if (cond)
		return;
	fprintf(stderr, "\nbroken: %s\n", what);
	abort();
}

/* The input, eaten from its beginning. */
struct feed {
	uint8_t const *at;
	size_t left;
};

/* Its next byte; 0 when there is none. */
static inline unsigned int feed_byte(struct feed *f)
{
	return f->left ? (f->left--, *f->at++) : 0;
}

/* Its next bytes as one number, at most 8 of them. */
static inline uint64_t feed_number(struct feed *f, unsigned int bytes)
{
	uint64_t n = 0;

	while (bytes--)
		n = n << 8 | feed_byte(f);
	return n;
}

/* Its next n bytes, or those that are left, in a block of exactly their size, so that a look at the
 * byte behind them is an error. The caller's to free. */
static inline char *feed_bytes(struct feed *f, size_t n, size_t *got)
{
	*got = n < f->left ? n : f->left;
	char *const block = malloc(*got);

	must(block != NULL, "there is memory");
	memcpy(block, f->at, *got);
	f->at += *got;
	f->left -= *got;
	return block;
}

/* The same as a string. */
static inline char *feed_string(struct feed *f, size_t n)
{
	size_t const got = n < f->left ? n : f->left;
	char *const block = malloc(got + 1);

	must(block != NULL, "there is memory");
	memcpy(block, f->at, got);
	block[got] = 0;
	f->at += got;
	f->left -= got;
	return block;
}

/* The number that the first of len characters are, n of them; the largest, if it is too large. */
static inline uint64_t leading_number(char const *s, size_t len, size_t *n)
{
	unsigned __int128 sum = 0;

	for (*n = 0; *n < len && s[*n] >= '0' && s[*n] <= '9'; ++*n)
		sum = sum > UINT64_MAX ? sum : sum * 10 + (unsigned int)(s[*n] - '0');
	return sum > UINT64_MAX ? UINT64_MAX : (uint64_t)sum;
}

#endif
