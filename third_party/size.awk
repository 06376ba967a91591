# Usage: awk -f size.awk inki.map
#
# Adds up what the linker took into the binary, by our rooms and by part. Flash is what lies in the file, RAM what is written to:
# variables with a value count in both.

# "out/src/http/head.o" -> src/http, ".../mbedtls.a(rsa.o)" -> mbedtls, musl's and the compiler's own files.
function owner(path) {
	if (path ~ /\/third_party\/musl\//)
		return "musl"
	if (path ~ /libgcc/)
		return "libgcc"
	if (match(path, /\/third_party\/[a-z]+\.a\(/))
		return substr(path, RSTART + 13, RLENGTH - 16)
	if (match(path, /src\/[a-z]+/))
		return substr(path, RSTART, RLENGTH)
	return "other"
}

# An input section is a line " .text.name 0xaddress 0xsize file", or two of them where the name is long.
/^Linker script and memory map/ { linked = 1 }
!linked { next }
/^ \.[^ ]+$/ { name = $1; next }
/^ \.[^ ]+ +0x/ { name = $1; $1 = ""; $0 = $0 }
$1 !~ /^0x/ || $2 !~ /^0x/ || NF < 3 || name == "" { name = ""; next }

{
	bytes = hex($2)
	who = owner($3)
	if (name ~ /^\.(text|rodata|data|init|fini|ctors|dtors|got|plt|eh_frame|ARM)/)
		flash[who] += bytes
	if (name ~ /^\.(data|bss|got|tdata|tbss)/ || name == "COMMON")
		ram[who] += bytes
	all[who]
	name = ""
}

function hex(text, i, value) {
	for (i = 3; i <= length(text); i++)
		value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return value
}

END {
	printf "%10s %10s\n", "flash", "RAM"
	sorter = "sort -k 3"
	for (who in all) {
		printf "%10d %10d  %s\n", flash[who], ram[who], who | sorter
		flash_sum += flash[who]
		ram_sum += ram[who]
	}
	close(sorter)
	printf "%10d %10d  together\n", flash_sum, ram_sum
}
