# The dashboard's page: built by npm where there is one, and embedded into the program. Without npm (or -DFLOWSIFT_WEB=OFF) the
# program says that its dashboard was not built in.
option(FLOWSIFT_WEB "Build the dashboard's page with npm, where there is one" ON)
find_program(NPM npm)

set(assets_source "${CMAKE_BINARY_DIR}/web/assets_data.cpp")
set(embed "${CMAKE_SOURCE_DIR}/cmake/EmbedAssets.cmake")
if(FLOWSIFT_WEB AND NPM AND EXISTS "${CMAKE_SOURCE_DIR}/web/package-lock.json")
  set(web "${CMAKE_SOURCE_DIR}/web")
  file(GLOB_RECURSE web_inputs CONFIGURE_DEPENDS "${web}/src/*" "${web}/public/*" "${web}/scripts/*")
  file(GLOB web_roots CONFIGURE_DEPENDS "${web}/*.html" "${web}/*.json" "${web}/*.ts" "${web}/*.js" "${web}/*.mjs")
  add_custom_command(OUTPUT "${CMAKE_BINARY_DIR}/web/installed"
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch "${CMAKE_BINARY_DIR}/web/installed"
    DEPENDS "${web}/package-lock.json" WORKING_DIRECTORY "${web}" VERBATIM COMMENT "npm ci (offline: -DFLOWSIFT_WEB=OFF)")
  add_custom_command(OUTPUT "${assets_source}"
    COMMAND ${NPM} run --silent build
    COMMAND ${CMAKE_COMMAND} "-DFOLDER=${web}/dist" "-DOUT=${assets_source}" "-DGZIP_FOLDER=${CMAKE_BINARY_DIR}/web/gzip" -P "${embed}"
    DEPENDS "${CMAKE_BINARY_DIR}/web/installed" ${web_inputs} ${web_roots} "${embed}" WORKING_DIRECTORY "${web}" VERBATIM
    COMMENT "Building the dashboard's page")
else()
  message(STATUS "The dashboard's page is not built: ${CMAKE_SOURCE_DIR}/web and npm are needed")
  add_custom_command(OUTPUT "${assets_source}"
    COMMAND ${CMAKE_COMMAND} -DFOLDER= "-DOUT=${assets_source}" "-DGZIP_FOLDER=${CMAKE_BINARY_DIR}/web/gzip" -P "${embed}"
    DEPENDS "${embed}" VERBATIM)
endif()
target_sources(flowsift_serve PRIVATE "${assets_source}")
