add_executable(bans_bench bans_bench.cpp)
target_link_libraries(bans_bench PRIVATE tidegate_act)
