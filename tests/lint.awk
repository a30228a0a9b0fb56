# How C looks, as far as a line tells; one complaint a line. A tab reaches to
# the next multiple of 8.

function complain(what)
{
	print FILENAME ":" FNR ": " what
}

function width(line,    n, i)
{
	n = 0
	for (i = 1; i <= length(line); i++)
		n += substr(line, i, 1) == "\t" ? 8 - n % 8 : 1
	return n
}

FNR == 1 && !/^\/\*/ { complain("does not open with a paragraph") }
width($0) > 80 { complain("longer than 80 columns") }
/[ \t]$/ { complain("blanks at the end") }
/^ +[^ *]/ && !/^    [^ ]/ { complain("indented with blanks") }
# "static int f(void)" in one line: where a body follows, the name comes first.
/^\{/ {
	opened = FNR
	if (before ~ /^[a-z].*[a-z_*] \**[a-z_0-9]+\(.*\)$/)
		complain("the return type belongs on a line of its own")
}
/^\}/ {
	if (opened && FNR - opened + 1 > 72)
		complain("the function above is longer than 70 lines")
	opened = 0
}
{ before = $0 }
