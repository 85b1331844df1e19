#!/bin/sh
# A real systemd as the first process of namespaces of its own:  systemd-root.sh DIR PROJECT SPOOL
# DIR holds units/ (what /etc/systemd/system is) and gatehouse/ (what /etc/gatehouse is). /opt/gatehouse leads to PROJECT.
# Whatever a booting systemd changes (temporary files, kernel settings, devices, cgroups) is private to it or read-only: it shares the
# network only.
set -eu
dir=$1 project=$2 spool=$3 name=gatehouse-lab-$$

if [ "${4-}" != inside ]; then
	# Its cgroup namespace begins below the cgroups that this process is in.
	. "$(dirname "$0")/own-cgroups.sh"
	own_cgroups "$name" "$dir/cgroups"
	exec unshare -m -p -C -i -u --fork --kill-child "$0" "$dir" "$project" "$spool" inside
fi

mount --make-rprivate /
mkdir -p "$dir/etc" "$dir/dev"
mount -t tmpfs tmpfs "$dir/etc"
mkdir "$dir/etc/upper" "$dir/etc/work"
mount -t overlay -o "lowerdir=/etc,upperdir=$dir/etc/upper,workdir=$dir/etc/work" overlay /etc
mount -t tmpfs -o mode=755 tmpfs "$dir/dev"
for node in null zero full random urandom tty; do
	: > "$dir/dev/$node"
	mount --bind "/dev/$node" "$dir/dev/$node"
done
mkdir "$dir/dev/shm" "$dir/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dir/dev/pts"
ln -s pts/ptmx "$dir/dev/ptmx"
ln -s /proc/self/fd "$dir/dev/fd"
mount --rbind "$dir/dev" /dev
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
kind=$(stat -fc %T /sys/fs/cgroup)
umount -lR /sys
mount -t sysfs -o ro sysfs /sys
if [ "$kind" = cgroup2fs ]; then
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
else
	mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
	mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/systemd
	mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
	mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
fi

mount -t tmpfs -o mode=755 tmpfs /opt
mkdir /opt/project /opt/gatehouse
mount --bind "$project" /opt/project
ln -s /opt/project/* /opt/gatehouse/
mkdir "$dir/spool"
mount --bind "$spool" "$dir/spool"
mount -t tmpfs -o mode=755 tmpfs /var
mkdir -p /var/lib /var/log /var/cache /var/spool/asterisk/gatehouse
mkdir -m 1777 /var/tmp
mount --bind "$dir/spool" /var/spool/asterisk/gatehouse
mkdir -p /etc/gatehouse
mount --bind "$dir/gatehouse" /etc/gatehouse
mount -t tmpfs -o mode=755 tmpfs /etc/systemd/system
cp -r "$dir/units/." /etc/systemd/system/
# Nothing of the machine's own is started.
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\n' > /etc/systemd/system/lab.target
for unit in systemd-tmpfiles-setup.service systemd-tmpfiles-setup-dev.service systemd-tmpfiles-clean.timer systemd-sysctl.service \
	systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service systemd-remount-fs.service; do
	ln -s /dev/null "/etc/systemd/system/$unit"
done
: > /etc/fstab
echo 0123456789abcdef0123456789abcdef > /etc/machine-id
grep -q '^asterisk:' /etc/group || echo 'asterisk:x:64001:' >> /etc/group
echo 'gatehouse:x:64002:' >> /etc/group
echo 'gatehouse:x:64002:64002::/var/lib/gatehouse:/usr/sbin/nologin' >> /etc/passwd
# Last: the lab's own directory may lie below it.
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /run
# As container managers do: LoadCredential= works by it. It is shared with nothing outside.
mount --make-rshared /
exec env -i container=lab PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --system --unit=lab.target --log-target=console < /dev/null
