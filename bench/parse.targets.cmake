add_executable(parse_bench parse_bench.cpp)
target_link_libraries(parse_bench PRIVATE tidegate_wire benchmark::benchmark)
