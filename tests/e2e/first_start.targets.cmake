find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/first_start COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/first_start_test.py $<TARGET_FILE:tidegate>)
set_tests_properties(e2e/first_start PROPERTIES LABELS e2e TIMEOUT 300)
