/* The head of a request: what is read, what is refused and as what, at once and however the bytes arrive. See also
 * test_http_head_bytes.c. */
#include "http/head.h"

#include "base/writer.h"
#include "head_input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) literal, sizeof(literal) - 1
#define HOST "Host: inki\r\n"
#define GET "GET /k HTTP/1.1\r\n"
#define POST "POST /k HTTP/1.1\r\nHost: inki\r\n"
#define OLD "POST /k HTTP/1.0\r\n"
#define LENGTH "Content-Length: 5\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define END "\r\n"

/* ---- what is read: method, path and query, version, flags, length ---- */

struct accepted {
	const char *name, *input;
	size_t size;
	const char *read;
};

static const struct accepted accepted[] = {
	{ "smallest", BYTES("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "GET / 1.1 keep 0" },
	{ "HEAD", BYTES("HEAD /k HTTP/1.1\r\n" HOST END), "HEAD /k 1.1 keep 0" },
	{ "POST", BYTES(POST LENGTH END), "POST /k 1.1 keep 5" },
	{ "DELETE", BYTES("DELETE /k HTTP/1.1\r\n" HOST LENGTH END), "DELETE /k 1.1 keep 5" },
	{ "empty line in front", BYTES("\r\n" GET HOST END), "GET /k 1.1 keep 0" },
	{ "as curl sends it",
	  BYTES("GET /api/v1/user/root/authorized_keys HTTP/1.1\r\nHost: localhost:3000\r\n"
			"User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"),
	  "GET /api/v1/user/root/authorized_keys 1.1 keep 0" },
	{ "query", BYTES("GET /k?a=b&c=/?d HTTP/1.1\r\n" HOST END), "GET /k?a=b&c=/?d 1.1 keep 0" },
	{ "empty query", BYTES("GET /k? HTTP/1.1\r\n" HOST END), "GET /k 1.1 keep 0" },
	{ "escapes stay", BYTES("GET /k/SHA256%3Aa%2Fb HTTP/1.1\r\n" HOST END), "GET /k/SHA256%3Aa%2Fb 1.1 keep 0" },
	{ "dot segments stay", BYTES("GET /a/../b HTTP/1.1\r\n" HOST END), "GET /a/../b 1.1 keep 0" },
	{ "two slashes", BYTES("GET //k HTTP/1.1\r\n" HOST END), "GET //k 1.1 keep 0" },
	{ "all of a path",
	  BYTES("GET /:@!$&'()*+,;=-._~ HTTP/1.1\r\n" HOST END),
	  "GET /:@!$&'()*+,;=-._~ 1.1 keep 0" },
	{ "absolute form", BYTES("GET http://inki/k?q HTTP/1.1\r\n" HOST END), "GET /k?q 1.1 keep 0" },
	{ "absolute form, other case", BYTES("GET HTTP://INKI/k HTTP/1.1\r\n" HOST END), "GET /k 1.1 keep 0" },
	{ "absolute form with a port",
	  BYTES("GET http://inki:80/ HTTP/1.1\r\nHost: \tinki:80 \r\n\r\n"),
	  "GET / 1.1 keep 0" },
	{ "HTTP/1.2 is 1.1", BYTES("GET /k HTTP/1.2\r\n" HOST END), "GET /k 1.1 keep 0" },
	{ "HTTP/1.9 is 1.1", BYTES("GET /k HTTP/1.9\r\n" HOST END), "GET /k 1.1 keep 0" },
	{ "HTTP/1.0", BYTES("GET /k HTTP/1.0\r\n" HOST END), "GET /k 1.0 0" },
	{ "HTTP/1.0 without a host", BYTES("GET /k HTTP/1.0\r\n\r\n"), "GET /k 1.0 0" },
	{ "HTTP/1.0 with a body", BYTES(OLD LENGTH END), "POST /k 1.0 5" },
	{ "HTTP/1.0 kept alive", BYTES(OLD "Connection: Keep-Alive\r\n\r\n"), "POST /k 1.0 keep 0" },
	{ "HTTP/1.0, close wins", BYTES(OLD "Connection: keep-alive, close\r\n\r\n"), "POST /k 1.0 0" },
	{ "HTTP/1.0 ignores Expect", BYTES(OLD "Expect: 100-continue\r\n\r\n"), "POST /k 1.0 0" },
	{ "HTTP/1.0 ignores any Expect", BYTES(OLD "Expect: gold\r\n\r\n"), "POST /k 1.0 0" },
	{ "close", BYTES(GET HOST "Connection: close\r\n\r\n"), "GET /k 1.1 0" },
	{ "close on a list", BYTES(GET HOST "connection: ,TE ,\tCLOSE,, x\r\n\r\n"), "GET /k 1.1 0" },
	{ "close in the second field",
	  BYTES(GET HOST "Connection: keep-alive\r\nConnection: close\r\n\r\n"),
	  "GET /k 1.1 0" },
	{ "not quite close", BYTES(GET HOST "Connection: closed, xclose, clos\r\n\r\n"), "GET /k 1.1 keep 0" },
	{ "empty Connection", BYTES(GET HOST "Connection:\r\n\r\n"), "GET /k 1.1 keep 0" },
	{ "chunked", BYTES(POST CHUNKED END), "POST /k 1.1 keep chunked 0" },
	{ "chunked, other case", BYTES(POST "TRANSFER-ENCODING:cHUNKED\r\n\r\n"), "POST /k 1.1 keep chunked 0" },
	{ "white space around a value", BYTES(POST "Content-Length: \t 5\t \r\n\r\n"), "POST /k 1.1 keep 5" },
	{ "length of 0", BYTES(POST "Content-Length: 0\r\n\r\n"), "POST /k 1.1 keep 0" },
	{ "length with leading zeros", BYTES(POST "Content-Length: 005\r\n\r\n"), "POST /k 1.1 keep 5" },
	{ "longest length",
	  BYTES(POST "Content-Length: 18446744073709551609\r\n\r\n"),
	  "POST /k 1.1 keep 18446744073709551609" },
	{ "Expect", BYTES(POST LENGTH "Expect: 100-Continue\r\n\r\n"), "POST /k 1.1 keep expect 5" },
	{ "identity", BYTES(POST LENGTH "Content-Encoding: Identity\r\n\r\n"), "POST /k 1.1 keep 5" },
	{ "unknown fields",
	  BYTES(GET HOST "X: \x80\xff \"(<[{\\@:;?/,|\r\n!#$%&'*+-.^_`|~: 1\r\nY:\r\n\r\n"),
	  "GET /k 1.1 keep 0" },
	{ "much like a known field",
	  BYTES(GET HOST "Content_Length: 7\r\nContent-Lengt: 8\r\nContent-Lengthy: 9\r\n"
			"XTransfer-Encoding: chunked\r\n\r\n"),
	  "GET /k 1.1 keep 0" },
	{ "host with a port", BYTES(GET "Host: a-b_c~d.example:3000\r\n\r\n"), "GET /k 1.1 keep 0" },
	{ "host with an empty port", BYTES(GET "Host: inki:\r\n\r\n"), "GET /k 1.1 keep 0" },
	{ "host IPv4", BYTES(GET "Host: 127.0.0.1:3000\r\n\r\n"), "GET /k 1.1 keep 0" },
	{ "host IPv6", BYTES(GET "Host: [::1]\r\n\r\n"), "GET /k 1.1 keep 0" },
	{ "host IPv6 with a port", BYTES(GET "Host: [2001:DB8::192.0.2.1]:3000\r\n\r\n"), "GET /k 1.1 keep 0" },
	{ "host last", BYTES(GET "Accept: */*\r\n" HOST END), "GET /k 1.1 keep 0" },
};

/* ---- what is refused ---- */

struct refused {
	const char *name, *input;
	size_t size;
	enum status status;
};

static const struct refused refused[] = {
	/* not HTTP at all */
	{ "TLS", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01"), STATUS_HTTP_SYNTAX },
	{ "SSH", BYTES("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), STATUS_HTTP_SYNTAX },
	{ "HTTP/2 preface", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), STATUS_HTTP_VERSION },
	{ "HTTP/0.9", BYTES("GET /k\r\n"), STATUS_HTTP_SYNTAX },
	{ "NUL first", BYTES("\0GET / HTTP/1.1\r\n"), STATUS_HTTP_SYNTAX },
	{ "space first", BYTES(" " GET HOST END), STATUS_HTTP_SYNTAX },
	{ "an answer", BYTES("HTTP/1.1 200 OK\r\n\r\n"), STATUS_HTTP_SYNTAX },
	/* line ends */
	{ "two empty lines in front", BYTES("\r\n\r\n" GET HOST END), STATUS_HTTP_SYNTAX },
	{ "LF in front", BYTES("\n" GET HOST END), STATUS_HTTP_SYNTAX },
	{ "CR in front", BYTES("\r" GET HOST END), STATUS_HTTP_SYNTAX },
	{ "LF ends the request line", BYTES("GET / HTTP/1.1\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "LF ends a field", BYTES(GET "Host: inki\nX: y\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "LF ends the head", BYTES(GET HOST "\n"), STATUS_HTTP_SYNTAX },
	{ "all lines end in LF", BYTES("GET / HTTP/1.1\nHost: inki\n\n"), STATUS_HTTP_SYNTAX },
	{ "CR ends a field", BYTES(GET HOST "X: y\rContent-Length: 5\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "CR CR LF", BYTES(GET HOST "X: y\r\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "CR ends the head", BYTES(GET HOST "\rX"), STATUS_HTTP_SYNTAX },
	{ "LF LF in a value", BYTES(GET HOST "X: y\n\nGET /evil HTTP/1.1\r\n\r\n"), STATUS_HTTP_SYNTAX },
	/* the request line */
	{ "two spaces before the target", BYTES("GET  / HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "two spaces after the target", BYTES("GET /  HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "tab before the target", BYTES("GET\t/ HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "tab after the target", BYTES("GET /\tHTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "space after the version", BYTES("GET / HTTP/1.1 \r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "something after the version", BYTES("GET / HTTP/1.1 HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "no version", BYTES("GET / \r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "no target", BYTES("GET HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "empty target", BYTES("GET  HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "form feed", BYTES("GET /\fHTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "quoted method", BYTES("\"GET\" / HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "lower-case method", BYTES("get / HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	{ "longer method", BYTES("GETS / HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	{ "shorter method", BYTES("GE / HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	{ "PUT", BYTES("PUT / HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	{ "TRACE", BYTES("TRACE / HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	{ "OPTIONS *", BYTES("OPTIONS * HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	{ "CONNECT", BYTES("CONNECT inki:22 HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	{ "any token", BYTES("!#$%&'*+-.^_`|~9 / HTTP/1.1\r\n" HOST END), STATUS_HTTP_METHOD },
	/* the version */
	{ "HTTP/2.0", BYTES("GET / HTTP/2.0\r\n" HOST END), STATUS_HTTP_VERSION },
	{ "HTTP/0.9 in words", BYTES("GET / HTTP/0.9\r\n" HOST END), STATUS_HTTP_VERSION },
	{ "HTTP/3.1", BYTES("GET / HTTP/3.1\r\n" HOST END), STATUS_HTTP_VERSION },
	{ "HTTP/2.0 with an unknown method", BYTES("PUT / HTTP/2.0\r\n" HOST END), STATUS_HTTP_VERSION },
	{ "http/1.1", BYTES("GET / http/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/1", BYTES("GET / HTTP/1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/1.", BYTES("GET / HTTP/1.\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/1.10", BYTES("GET / HTTP/1.10\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/01.1", BYTES("GET / HTTP/01.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/11.1", BYTES("GET / HTTP/11.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/1,1", BYTES("GET / HTTP/1,1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/1.x", BYTES("GET / HTTP/1.x\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP/x.1", BYTES("GET / HTTP/x.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTP 1.1", BYTES("GET / HTTP-1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "HTTPS/1.1", BYTES("GET / HTTPS/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "ICY/1.1", BYTES("GET / XTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	/* the target */
	{ "asterisk form", BYTES("GET * HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "authority form", BYTES("GET inki:80 HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "relative", BYTES("GET k HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "query only", BYTES("GET ?k HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "fragment", BYTES("GET /k#f HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "backslash", BYTES("GET /a\\b HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "not ASCII", BYTES("GET /\xc3\xa9 HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "NUL in the target", BYTES("GET /a\0b HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "DEL in the target", BYTES("GET /a\x7f HTTP/1.1\r\n" HOST END), STATUS_HTTP_SYNTAX },
	{ "other scheme", BYTES("GET ftp://inki/k HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "https without TLS", BYTES("GET https://inki/k HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "absolute form, other host", BYTES("GET http://evil/k HTTP/1.1\r\n" HOST END), STATUS_HTTP_HOST },
	{ "absolute form, other port", BYTES("GET http://inki:81/k HTTP/1.1\r\n" HOST END), STATUS_HTTP_HOST },
	{ "absolute form, longer host", BYTES("GET http://inki.evil/k HTTP/1.1\r\n" HOST END), STATUS_HTTP_HOST },
	{ "absolute form, user", BYTES("GET http://inki@evil/k HTTP/1.1\r\n" HOST END), STATUS_HTTP_HOST },
	{ "absolute form, no host", BYTES("GET http:///k HTTP/1.1\r\nHost:\r\n\r\n"), STATUS_HTTP_HOST },
	{ "absolute form, no Host field", BYTES("GET http://inki/k HTTP/1.0\r\n\r\n"), STATUS_HTTP_HOST },
	{ "absolute form, no path", BYTES("GET http://inki HTTP/1.1\r\n" HOST END), STATUS_HTTP_TARGET },
	{ "absolute form, query without a path", BYTES("GET http://inki?q HTTP/1.1\r\n" HOST END), STATUS_HTTP_HOST },
	/* the shape of fields */
	{ "space before the colon", BYTES(POST "Content-Length : 5\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "tab before the colon", BYTES(POST "Content-Length\t: 5\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "space before the chunked colon", BYTES(POST "Transfer-Encoding : chunked\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "space before the first field", BYTES(GET " " HOST END), STATUS_HTTP_SYNTAX },
	{ "obs-fold with a space", BYTES(GET HOST "X: a\r\n b\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "obs-fold with a tab", BYTES(GET HOST "X: a\r\n\tb\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "obs-fold hides chunked", BYTES(POST LENGTH "X: a\r\n Transfer-Encoding: chunked\r\n\r\n"),
	  STATUS_HTTP_SYNTAX },
	{ "obs-fold before a value", BYTES(POST "Transfer-Encoding:\r\n chunked\r\n\r\n"),
	  STATUS_HTTP_TRANSFER_CODING },
	{ "no colon", BYTES(GET HOST "Xyz\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "no name", BYTES(GET HOST ": v\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "space in a name", BYTES(GET HOST "X Y: v\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "NUL in a name", BYTES(GET HOST "X\0Y: v\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "vertical tab before the colon", BYTES(POST "Content-Length\v: 5\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "not ASCII in a name", BYTES(GET HOST "X\xa0: v\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "brackets in a name", BYTES(GET HOST "X[a]: v\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "NUL in a value", BYTES(GET HOST "X: a\0b\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "DEL in a value", BYTES(GET HOST "X: a\x7f\r\n\r\n"), STATUS_HTTP_SYNTAX },
	{ "vertical tab in a value", BYTES(POST "Transfer-Encoding: \vchunked\r\n\r\n"), STATUS_HTTP_SYNTAX },
	/* Host */
	{ "no Host", BYTES(GET END), STATUS_HTTP_HOST },
	{ "Host twice", BYTES(GET HOST HOST END), STATUS_HTTP_HOST },
	{ "Host twice, once empty", BYTES(GET "Host:\r\n" HOST END), STATUS_HTTP_HOST },
	{ "Host twice in HTTP/1.0", BYTES("GET / HTTP/1.0\r\n" HOST HOST END), STATUS_HTTP_HOST },
	{ "two in one", BYTES(GET "Host: a, b\r\n\r\n"), STATUS_HTTP_HOST },
	{ "two words", BYTES(GET "Host: a b\r\n\r\n"), STATUS_HTTP_HOST },
	{ "host with a user", BYTES(GET "Host: user@inki\r\n\r\n"), STATUS_HTTP_HOST },
	{ "host with a path", BYTES(GET "Host: inki/k\r\n\r\n"), STATUS_HTTP_HOST },
	{ "host with a scheme", BYTES(GET "Host: http://inki\r\n\r\n"), STATUS_HTTP_HOST },
	{ "host with an escape", BYTES(GET "Host: in%6bi\r\n\r\n"), STATUS_HTTP_HOST },
	{ "host not ASCII", BYTES(GET "Host: \xc3\xa9\r\n\r\n"), STATUS_HTTP_HOST },
	{ "port of letters", BYTES(GET "Host: inki:http\r\n\r\n"), STATUS_HTTP_HOST },
	{ "two ports", BYTES(GET "Host: inki:80:81\r\n\r\n"), STATUS_HTTP_HOST },
	{ "negative port", BYTES(GET "Host: inki:-1\r\n\r\n"), STATUS_HTTP_HOST },
	{ "IPv6 without brackets", BYTES(GET "Host: ::1\r\n\r\n"), STATUS_HTTP_HOST },
	{ "IPv6 without its end", BYTES(GET "Host: [::1\r\n\r\n"), STATUS_HTTP_HOST },
	{ "empty IPv6", BYTES(GET "Host: []\r\n\r\n"), STATUS_HTTP_HOST },
	{ "zone", BYTES(GET "Host: [fe80::1%eth0]\r\n\r\n"), STATUS_HTTP_HOST },
	{ "something after IPv6", BYTES(GET "Host: [::1]x\r\n\r\n"), STATUS_HTTP_HOST },
	/* framing: the classes of request smuggling */
	{ "CL.TE", BYTES(POST LENGTH CHUNKED END), STATUS_HTTP_FRAMING },
	{ "TE.CL", BYTES(POST CHUNKED LENGTH END), STATUS_HTTP_FRAMING },
	{ "CL.TE with a length of 0", BYTES(POST "Content-Length: 0\r\n" CHUNKED END), STATUS_HTTP_FRAMING },
	{ "CL.CL", BYTES(POST LENGTH "Content-Length: 6\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "the same length twice", BYTES(POST LENGTH LENGTH END), STATUS_HTTP_FRAMING },
	{ "lengths in either case", BYTES(POST LENGTH "content-length: 5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "list of lengths", BYTES(POST "Content-Length: 5, 5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "list of one length", BYTES(POST "Content-Length: 5,\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "two lengths in one", BYTES(POST "Content-Length: 5 6\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "plus", BYTES(POST "Content-Length: +5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "minus", BYTES(POST "Content-Length: -5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "minus zero", BYTES(POST "Content-Length: -0\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "hexadecimal", BYTES(POST "Content-Length: 0x5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "underscore", BYTES(POST "Content-Length: 1_0\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "fraction", BYTES(POST "Content-Length: 5.0\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "exponent", BYTES(POST "Content-Length: 5e0\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "quoted", BYTES(POST "Content-Length: \"5\"\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "digits of another script", BYTES(POST "Content-Length: \xd9\xa5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "colon in a length", BYTES(POST "Content-Length:: 5\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "empty length", BYTES(POST "Content-Length:\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "blank length", BYTES(POST "Content-Length:  \t\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "almost 2^64", BYTES(POST "Content-Length: 18446744073709551610\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "2^64", BYTES(POST "Content-Length: 18446744073709551616\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "2^64 + 5", BYTES(POST "Content-Length: 18446744073709551621\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "2^128", BYTES(POST "Content-Length: 340282366920938463463374607431768211456\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "TE.TE", BYTES(POST CHUNKED CHUNKED END), STATUS_HTTP_FRAMING },
	{ "TE.TE, identity second", BYTES(POST CHUNKED "Transfer-Encoding: identity\r\n\r\n"), STATUS_HTTP_FRAMING },
	{ "TE.TE, identity first", BYTES(POST "Transfer-Encoding: identity\r\n" CHUNKED END),
	  STATUS_HTTP_TRANSFER_CODING },
	{ "chunked twice", BYTES(POST "Transfer-Encoding: chunked, chunked\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "gzip, chunked", BYTES(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "chunked, identity", BYTES(POST "Transfer-Encoding: chunked, identity\r\n\r\n"),
	  STATUS_HTTP_TRANSFER_CODING },
	{ "xchunked", BYTES(POST "Transfer-Encoding: xchunked\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "chunkedx", BYTES(POST "Transfer-Encoding: chunkedx\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "chunk", BYTES(POST "Transfer-Encoding: chunk\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "chunked with a parameter", BYTES(POST "Transfer-Encoding: chunked;q=1\r\n\r\n"),
	  STATUS_HTTP_TRANSFER_CODING },
	{ "quoted chunked", BYTES(POST "Transfer-Encoding: \"chunked\"\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "comma chunked", BYTES(POST "Transfer-Encoding: ,chunked\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "empty coding", BYTES(POST "Transfer-Encoding:\r\n\r\n"), STATUS_HTTP_TRANSFER_CODING },
	{ "chunked after NBSP", BYTES(POST "Transfer-Encoding: \xa0"
					   "chunked\r\n\r\n"),
	  STATUS_HTTP_TRANSFER_CODING },
	{ "chunked in HTTP/1.0", BYTES(OLD CHUNKED END), STATUS_HTTP_FRAMING },
	{ "both in HTTP/1.0", BYTES(OLD LENGTH CHUNKED END), STATUS_HTTP_FRAMING },
	/* other fields */
	{ "gzip", BYTES(POST "Content-Encoding: gzip\r\n\r\n"), STATUS_HTTP_CONTENT_CODING },
	{ "identity, then gzip", BYTES(POST "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n\r\n"),
	  STATUS_HTTP_CONTENT_CODING },
	{ "other expectation", BYTES(POST "Expect: 200-ok\r\n\r\n"), STATUS_HTTP_EXPECTATION },
	{ "more than an expectation", BYTES(POST "Expect: 100-continue, x\r\n\r\n"), STATUS_HTTP_EXPECTATION },
	{ "Content-Type twice", BYTES(POST "Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n"), STATUS_HTTP_SYNTAX },
};

/* ---- runners ---- */

/* Each byte in a call of its own, with all before it elsewhere. check sees the result before the bytes are gone. */
static enum status read_byte_by_byte(const char *input, size_t size, const struct accepted *expected,
				     void (*check)(const struct http_head *head, const struct accepted *expected))
{
	struct http_head head;
	enum status status = STATUS_MORE;

	http_head_start(&head);
	for (size_t arrived = 1; arrived <= size && status == STATUS_MORE; arrived++) {
		uint8_t *copy = head_copy(input, arrived);

		status = http_head_read(&head, span_of(copy, arrived), HEAD_LIMIT);
		if (status == STATUS_OK && check)
			check(&head, expected);
		free(copy);
	}
	return status;
}

static void expect_head(const struct http_head *head, const struct accepted *expected)
{
	static const char *const methods[] = {
		[HTTP_GET] = "GET ", [HTTP_HEAD] = "HEAD ", [HTTP_POST] = "POST ", [HTTP_DELETE] = "DELETE ",
	};
	char room[256];
	struct writer writer = writer_of(room, sizeof(room));

	writer_put_string(&writer, methods[head->method]);
	writer_put(&writer, head->path);
	writer_put_string(&writer, head->query.size > 0 ? "?" : "");
	writer_put(&writer, head->query);
	writer_put_string(&writer, head->minor_version == 0 ? " 1.0" : " 1.1");
	writer_put_string(&writer, head->keep_alive ? " keep" : "");
	writer_put_string(&writer, head->expect_continue ? " expect" : "");
	writer_put_string(&writer, head->chunked ? " chunked " : " ");
	writer_put_padded_number(&writer, head->content_length, 1);
	if (!span_equal(writer_written(&writer), span_of_string(expected->read)))
		fail_msg("%s: %.*s in place of %s", expected->name, (int)writer.used, room, expected->read);
	if (head->size != expected->size)
		fail_msg("%s: %zu bytes", expected->name, head->size);
}

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		const struct accepted *c = &accepted[i];
		uint8_t *copy = head_copy(c->input, c->size);
		struct http_head head;

		http_head_start(&head);
		head_expect(c->name, http_head_read(&head, span_of(copy, c->size), HEAD_LIMIT), STATUS_OK);
		expect_head(&head, c);
		free(copy);
		head_expect(c->name, read_byte_by_byte(c->input, c->size, c, expect_head), STATUS_OK);
	}
}

/* What follows is the next request, or a body, and is not looked at. */
static void test_what_follows_is_left_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		const struct accepted *c = &accepted[i];
		uint8_t bytes[512];
		struct http_head head;

		assert_true(c->size + 2 <= sizeof(bytes));
		memcpy(bytes, c->input, c->size);
		memset(bytes + c->size, 0, 2);
		http_head_start(&head);
		head_expect(c->name, http_head_read(&head, span_of(bytes, c->size + 2), HEAD_LIMIT), STATUS_OK);
		expect_head(&head, c);
	}
}

static void test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++)
		for (size_t size = 0; size < accepted[i].size; size++)
			head_expect(accepted[i].name, head_read_at_once(accepted[i].input, size, HEAD_LIMIT), STATUS_MORE);
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const struct refused *c = &refused[i];

		head_expect(c->name, head_read_at_once(c->input, c->size, HEAD_LIMIT), c->status);
		head_expect(c->name, read_byte_by_byte(c->input, c->size, NULL, NULL), c->status);
	}
}

/* A refusal is for good. */
static void test_refused_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct span bytes = span_of(refused[i].input, refused[i].size);
		struct http_head head;

		http_head_start(&head);
		http_head_read(&head, bytes, HEAD_LIMIT);
		head_expect(refused[i].name, http_head_read(&head, bytes, HEAD_LIMIT), refused[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_what_follows_is_left_alone),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
