#ifndef MY_INIT_LEFTOVER_H
#define MY_INIT_LEFTOVER_H

/* A signal to all that is ours. As process 1 that is everything we see, else our
 * children: what they leave becomes ours, as long as we are a subreaper. Without /proc the latter
 * can't be found. */
void leftover_signal(int sig);

#endif
