# cmake -DFOLDER=web/dist -DOUT=assets_data.cpp -DGZIP_FOLDER=… -P EmbedAssets.cmake
# Writes the table of serve/assets.h: every file of FOLDER, as it is and compressed. An empty FOLDER gives an empty table.

set(types
  "html=text/html\\; charset=utf-8" "js=text/javascript\\; charset=utf-8" "css=text/css\\; charset=utf-8" "svg=image/svg+xml"
  "png=image/png" "ico=image/x-icon" "json=application/json" "webmanifest=application/manifest+json" "woff2=font/woff2" "txt=text/plain\\; charset=utf-8")

function(type_of file out)
  get_filename_component(extension "${file}" LAST_EXT)
  string(SUBSTRING "${extension}." 1 -1 extension)
  string(REPLACE "." "" extension "${extension}")
  set(${out} "application/octet-stream" PARENT_SCOPE)
  foreach(row IN LISTS types)
    if(row MATCHES "^${extension}=(.*)$")
      set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# The assembler reads the files: a string literal of this size would take the compiler minutes.
function(incbin symbol file out)
  set(${out} "asm(\".pushsection .rodata\\n\"\n    \"${symbol}_begin:\\n.incbin \\\"${file}\\\"\\n${symbol}_end:\\n\"\n    \".popsection\\n\");\nextern const char ${symbol}_begin[] asm(\"${symbol}_begin\");\nextern const char ${symbol}_end[] asm(\"${symbol}_end\");\n" PARENT_SCOPE)
endfunction()

set(symbols "")
set(rows "")
set(number 0)
if(FOLDER)
  file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
  list(FILTER files EXCLUDE REGEX "\\.map$")
  list(SORT files)
endif()
file(MAKE_DIRECTORY "${GZIP_FOLDER}")
foreach(file IN LISTS files)
  set(symbol "flowsift_asset_${number}")
  math(EXPR number "${number} + 1")
  set(packed "${GZIP_FOLDER}/${number}.gz")
  file(ARCHIVE_CREATE OUTPUT "${packed}" PATHS "${FOLDER}/${file}" FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
  file(SIZE "${FOLDER}/${file}" plain_size)
  file(SIZE "${packed}" packed_size)
  file(SHA256 "${FOLDER}/${file}" hash)
  string(SUBSTRING "${hash}" 0 20 hash)
  type_of("${file}" type)
  incbin(${symbol} "${FOLDER}/${file}" text)
  string(APPEND symbols "${text}")
  set(compressed "{}")
  if(packed_size LESS plain_size)
    incbin(${symbol}_gz "${packed}" text)
    string(APPEND symbols "${text}")
    set(compressed "{${symbol}_gz_begin, static_cast<std::size_t>(${symbol}_gz_end - ${symbol}_gz_begin)}")
  endif()
  string(APPEND rows "        {\"/${file}\", \"${type}\", \"\\\"${hash}\\\"\",\n         {${symbol}_begin, static_cast<std::size_t>(${symbol}_end - ${symbol}_begin)},\n         ${compressed}},\n")
endforeach()

if(number EQUAL 0)
  set(body "    return {};\n")
else()
  set(body "    static const Asset kAssets[] = {\n${rows}    };\n    return kAssets;\n")
endif()
file(WRITE "${OUT}" "// Made by cmake/EmbedAssets.cmake.
#include \"serve/assets.h\"

${symbols}
namespace flowsift::serve {

std::span<const Asset> embedded_assets() {
${body}}

}  // namespace flowsift::serve
")
