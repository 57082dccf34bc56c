#pragma once

/// Whether a sanitizer watches: what it changes (allocation, address space) cannot be tested then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NN_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NN_TEST_SANITIZED 1
#endif
#endif
#ifndef NN_TEST_SANITIZED
#define NN_TEST_SANITIZED 0
#endif
