add_library(tidegate_world STATIC world.cpp)
target_link_libraries(tidegate_world PUBLIC tidegate_base)
target_include_directories(tidegate_world PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})

add_executable(gen_attack gen_attack.cpp)
target_link_libraries(gen_attack PRIVATE tidegate_world)

add_executable(judge_bench judge_bench.cpp)
target_link_libraries(judge_bench PRIVATE tidegate_judge benchmark::benchmark)
