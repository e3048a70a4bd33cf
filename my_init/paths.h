#ifndef MY_INIT_PATHS_H
#define MY_INIT_PATHS_H

/* Where everything lies: the image's, as baseimage-docker has them. */

#define PATHS_ENVIRONMENT "/etc/container_environment" /* a file for each variable */
#define PATHS_SH "/etc/container_environment.sh"
#define PATHS_JSON "/etc/container_environment.json"
#define PATHS_GROUP "docker_env"       /* may read these two, if there is such a group */
#define PATHS_STARTUP "/etc/my_init.d" /* unless $ENV_INIT_DIRECTORY says another */
#define PATHS_RC_LOCAL "/etc/rc.local"
#define PATHS_PRE_SHUTDOWN "/etc/my_init.pre_shutdown.d"
#define PATHS_POST_SHUTDOWN "/etc/my_init.post_shutdown.d"
#define PATHS_INSECURE_KEY "/usr/sbin/enable_insecure_key"
#define PATHS_SERVICES "/etc/service"

#endif
