# Usage: awk -f kconfig.awk -v make=config|header|defconfig Kconfig [VALUES...]
#
# Reads the options of Kconfig, then the values of .config or defconfig files, and prints the whole configuration, the C header of
# it, or only the lines that differ from the defaults. A value that Kconfig does not know or allow is an error; the kconfig tools
# would take the default instead, silently. It knows what our Kconfig uses and refuses the rest of the language.

function fail(text) {
	print (at_end ? ARGV[1] : FILENAME ":" FNR) ": " text > "/dev/stderr"
	failed = 1
	exit 1
}

function check(name, value) {
	if (type[name] == "bool" && value !~ /^[yn]$/)
		fail("CONFIG_" name "=" value ": must be y or n")
	if (type[name] == "string" && value !~ /^"[^"\\]*"$/)
		fail("CONFIG_" name "=" value ": must be a text in quotes")
	if (type[name] == "int" && (value !~ /^(0|[1-9][0-9]*)$/ || length(value) > 9))
		fail("CONFIG_" name "=" value ": must be a whole number")
	if (name in low && (value + 0 < low[name] || value + 0 > high[name]))
		fail("CONFIG_" name "=" value ": must be " low[name] " to " high[name])
}

# ---- Kconfig: the first file ----

FILENAME == ARGV[1] {
	if ($1 == "config") {
		name = $2
		names[++count] = name
		in_help = 0
	} else if ($1 ~ /^(mainmenu|menu|endmenu|comment)$/ && /^[a-z]/)
		in_help = 0
	else if (in_help || /^[ \t]*(#|$)/)
		next
	else if ($1 == "help")
		in_help = 1
	else if ($1 ~ /^(bool|int|string)$/)
		type[name] = $1
	else if ($1 == "default" && NF == 2)
		value[name] = initial[name] = $2
	else if ($1 == "range" && NF == 3) {
		low[name] = $2
		high[name] = $3
	} else if ($1 == "depends" && NF == 3)
		needs[name] = $3
	else
		fail("not understood: " $0)
	next
}

# ---- values: the other files ----

/^# CONFIG_[A-Z0-9_]+ is not set$/ { $0 = $2 "=n" }

/^[ \t]*(#|$)/ { next }

{
	equals = index($0, "=")
	name = substr($0, 8, equals - 8)
	if (!/^CONFIG_[A-Z0-9_]+=/ || !(name in type))
		fail($0 ": no such option in " ARGV[1])
	check(name, substr($0, equals + 1))
	value[name] = substr($0, equals + 1)
}

# ---- result ----

END {
	if (failed)
		exit 1
	at_end = 1
	if (make != "defconfig")
		print make == "header" ? "/* Made from .config. */" : "# Made from Kconfig."
	for (i = 1; i <= count; i++) {
		name = names[i]
		if (!(name in initial))
			initial[name] = value[name] = type[name] == "bool" ? "n" : type[name] == "int" ? "0" : "\"\""
		check(name, value[name])
		if (name in needs && value[needs[name]] != "y")
			continue
		if (make == "defconfig" && value[name] == initial[name])
			continue
		if (make == "header" && value[name] == "y")
			print "#define CONFIG_" name " 1"
		else if (make == "header" && value[name] != "n")
			print "#define CONFIG_" name " " value[name]
		else if (make != "header" && value[name] == "n")
			print "# CONFIG_" name " is not set"
		else if (make != "header")
			print "CONFIG_" name "=" value[name]
	}
}
