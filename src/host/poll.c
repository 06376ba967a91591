#include "host/poll.h"

#include <limits.h>
#include <sys/epoll.h>

enum { EVENTS_MAX = 61 };

int poll_open(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

static bool control(int set, int operation, int descriptor, unsigned interest, uint32_t number)
{
	struct epoll_event event = {
		.events = (interest & POLL_READ ? EPOLLIN : 0U) | (interest & POLL_WRITE ? EPOLLOUT : 0U),
		.data.u32 = number,
	};

	return epoll_ctl(set, operation, descriptor, &event) == 0;
}

bool poll_add(int set, int descriptor, unsigned interest, uint32_t number)
{
	return control(set, EPOLL_CTL_ADD, descriptor, interest, number);
}

bool poll_change(int set, int descriptor, unsigned interest, uint32_t number)
{
	return control(set, EPOLL_CTL_MOD, descriptor, interest, number);
}

void poll_remove(int set, int descriptor)
{
	control(set, EPOLL_CTL_DEL, descriptor, POLL_NOTHING, 0);
}

size_t poll_wait(int set, uint32_t *numbers, size_t most, int64_t timeout)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(set, events, most < EVENTS_MAX ? (int)most : EVENTS_MAX,
	                       timeout < 0         ? -1
	                       : timeout > INT_MAX ? INT_MAX
	                                           : (int)timeout);

	for (int i = 0; i < count; i++)
		numbers[i] = events[i].data.u32;
	return count > 0 ? (size_t)count : 0;
}
