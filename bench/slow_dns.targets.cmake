add_executable(slow_dns slow_dns.cpp)
target_link_libraries(slow_dns PRIVATE tidegate_flags)
