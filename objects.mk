# The only place to add a file: the objects of each program, and the pure ones each unit test needs.
runsv_OBJ :=
runsvdir_OBJ :=
sv_OBJ :=
svlogd_OBJ :=
chpst_OBJ :=

status_UNIT :=
