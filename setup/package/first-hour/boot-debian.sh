#!/bin/sh
# Boots the Debian in ROOT with its own systemd, as the first process of namespaces of its own:  boot-debian.sh ROOT DIR
# DIR gets the list of its cgroups. It has a network with loopback only, and a /dev, /run, /sys and /tmp of its own; the rest is ROOT's.
set -eu
root=$1 dir=$2

if [ "${3-}" != inside ]; then
	. "$(dirname "$0")/../../../lab/own-cgroups.sh"
	own_cgroups "gatehouse-first-hour-$$" "$dir/cgroups"
	exec unshare -m -p -C -i -u -n --fork --kill-child "$0" "$root" "$dir" inside
fi

mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
	: > "dev/$node"
	mount --bind "/dev/$node" "dev/$node"
done
mkdir dev/shm dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t sysfs -o ro sysfs sys
# Debian's systemd knows no other kind any more; controllers that the machine gave to the older kind are left out.
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs run
mkdir -p run/systemd/system
for unit in systemd-sysctl.service systemd-modules-load.service systemd-remount-fs.service console-getty.service; do
	ln -s /dev/null "run/systemd/system/$unit"
done
pivot_root . mnt
umount -l mnt
# As container managers do: LoadCredential= works by it. It is shared with nothing outside.
mount --make-rshared /
exec env -i container=lab PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --system --unit=multi-user.target --log-target=console < /dev/null
