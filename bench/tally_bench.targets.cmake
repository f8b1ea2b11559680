add_executable(tally_bench tally_bench.cpp)
target_link_libraries(tally_bench PRIVATE tidegate_tell benchmark::benchmark)
