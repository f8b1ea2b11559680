# cmake --install: the program, its manual page and what the page refers to, and what systemd needs to run it.
include(GNUInstallDirs)
install(TARGETS tidegate RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
file(GLOB drills CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/share/drills/*.toml)
install(FILES ${drills} DESTINATION ${CMAKE_INSTALL_DATADIR}/tidegate/drills)
install(FILES ${PROJECT_SOURCE_DIR}/docs/man/tidegate.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
# All that operators read; what was measured on our machines is for those who build it.
file(GLOB documents CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md ${PROJECT_SOURCE_DIR}/docs/*.yaml)
list(REMOVE_ITEM documents ${PROJECT_SOURCE_DIR}/docs/benchmarks.md)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE ${documents}
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Where systemd looks, for /usr as for /usr/local.
set(systemd ${PROJECT_SOURCE_DIR}/packaging/systemd)
configure_file(${systemd}/tidegate.service.in ${PROJECT_BINARY_DIR}/tidegate.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tidegate.service ${systemd}/tidegate.socket DESTINATION lib/systemd/system)
install(FILES ${systemd}/tidegate.sysusers DESTINATION lib/sysusers.d RENAME tidegate.conf)
install(FILES ${systemd}/tidegate.tmpfiles DESTINATION lib/tmpfiles.d RENAME tidegate.conf)
