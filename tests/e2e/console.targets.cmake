find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/console COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/console_test.py $<TARGET_FILE:tidegate>)
set_tests_properties(e2e/console PROPERTIES LABELS e2e TIMEOUT 300 SKIP_RETURN_CODE 77 RUN_SERIAL ON)
