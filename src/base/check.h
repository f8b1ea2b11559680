#pragma once
// CHECK: a bug in this program. It aborts in every build and says where.

namespace tidegate {

[[noreturn]] void check_failed(const char* what, const char* file, int line);

}  // namespace tidegate

#define CHECK(condition)                                              \
    do {                                                              \
        if (!(condition)) [[unlikely]]                                \
            ::tidegate::check_failed(#condition, __FILE__, __LINE__); \
    } while (false)
