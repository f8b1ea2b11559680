find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/run COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/run_test.py $<TARGET_FILE:tidegate>
                              ${PROJECT_SOURCE_DIR})
set_tests_properties(e2e/run PROPERTIES LABELS e2e TIMEOUT 300)
