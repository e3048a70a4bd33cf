#!/bin/sh
# sshd makes its host keys when it starts; before, with -f, for who wants them in an image.
[ "$1" != -f ] || exec ssh-keygen -A
[ -e /etc/service/sshd/down ] || exec ssh-keygen -A
