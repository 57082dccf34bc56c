// <pthread.h> for a system with one thread and no fork(): what lib/core asks of it.
#pragma once

typedef int pthread_key_t;

inline int pthread_key_create(pthread_key_t*, void (*)(void*)) { return 0; }
inline int pthread_key_delete(pthread_key_t) { return 0; }
inline int pthread_setspecific(pthread_key_t, const void*) { return 0; }
inline int pthread_atfork(void (*)(), void (*)(), void (*)()) { return 0; }
