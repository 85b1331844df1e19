# Where Asterisk is and keeps things, for the scripts of the Debian package.

asterisk_is_here() {
	getent passwd asterisk >/dev/null && getent group asterisk >/dev/null
}

# Prints the directory of our sounds: Debian keeps Asterisk's data in /usr/share/asterisk, FreePBX in /var/lib/asterisk.
sounds_directory() {
	data=$(sed -n 's/^[[:space:]]*astdatadir[[:space:]]*=>\{0,1\}[[:space:]]*\([^[:space:];]*\).*/\1/p' \
		/etc/asterisk/asterisk.conf 2>/dev/null | tail -n 1) || true
	echo "${data:-/usr/share/asterisk}/sounds/gatehouse"
}
