# Sourced: moves this shell into cgroups of its own, which a systemd below it may have. own_cgroups NAME FILE; FILE lists them, to be
# removed afterward. A new cpuset has no processors, and systemd uses none.
own_cgroups() {
	while IFS=: read -r _ controllers path; do
		case $controllers in
		cpuset | freezer) continue ;;
		'') [ -e /sys/fs/cgroup/cgroup.controllers ] && at=/sys/fs/cgroup || at=/sys/fs/cgroup/unified ;;
		*) at=/sys/fs/cgroup/${controllers#name=} ;;
		esac
		[ -d "$at" ] || continue
		mkdir -p "$at$path/$1"
		echo $$ > "$at$path/$1/cgroup.procs"
		echo "$at$path/$1" >> "$2"
	done < /proc/self/cgroup
}
