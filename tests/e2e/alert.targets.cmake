find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/alert COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/alert_test.py $<TARGET_FILE:tidegate>)
set_tests_properties(e2e/alert PROPERTIES LABELS e2e TIMEOUT 300)
