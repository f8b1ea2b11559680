add_executable(dnsbl_bench dnsbl_bench.cpp ${PROJECT_SOURCE_DIR}/tests/unit/dnsbl/name_server.cpp)
target_link_libraries(dnsbl_bench PRIVATE tidegate_observe benchmark::benchmark)
target_include_directories(dnsbl_bench PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit/dnsbl)
