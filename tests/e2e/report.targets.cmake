find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/report COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/report_test.py $<TARGET_FILE:tidegate>)
set_tests_properties(e2e/report PROPERTIES LABELS e2e TIMEOUT 600)
