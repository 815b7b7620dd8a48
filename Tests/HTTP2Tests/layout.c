/* Our records of libnghttp2 against its own header, field by field. */
#include <nghttp2/nghttp2.h>

#include "http2.h"

#define SAME(ours, field, theirs, their_field)                                                   \
    _Static_assert(offsetof(ours, field) == offsetof(theirs, their_field), "place of " #field);  \
    _Static_assert(sizeof(((ours *)0)->field) == sizeof(((theirs *)0)->their_field), "size of " #field)

SAME(http2_info, age, nghttp2_info, age);
SAME(http2_info, version_num, nghttp2_info, version_num);
SAME(http2_info, version_str, nghttp2_info, version_str);

_Static_assert(sizeof(http2_field) == sizeof(nghttp2_nv), "field");
SAME(http2_field, name, nghttp2_nv, name);
SAME(http2_field, value, nghttp2_nv, value);
SAME(http2_field, name_length, nghttp2_nv, namelen);
SAME(http2_field, value_length, nghttp2_nv, valuelen);
SAME(http2_field, flags, nghttp2_nv, flags);
_Static_assert(NGHTTP2_NV_FLAG_NO_INDEX == 1, "never indexed");

_Static_assert(sizeof(http2_frame) == sizeof(nghttp2_frame_hd), "frame");
_Static_assert(offsetof(nghttp2_frame, hd) == 0, "a frame begins with its head");
SAME(http2_frame, length, nghttp2_frame_hd, length);
SAME(http2_frame, stream_id, nghttp2_frame_hd, stream_id);
SAME(http2_frame, type, nghttp2_frame_hd, type);
SAME(http2_frame, flags, nghttp2_frame_hd, flags);

_Static_assert(sizeof(http2_setting) == sizeof(nghttp2_settings_entry), "setting");
SAME(http2_setting, id, nghttp2_settings_entry, settings_id);
SAME(http2_setting, value, nghttp2_settings_entry, value);

_Static_assert(sizeof(http2_body) == sizeof(nghttp2_data_provider), "body");
SAME(http2_body, source, nghttp2_data_provider, source);
SAME(http2_body, read, nghttp2_data_provider, read_callback);

_Static_assert(NGHTTP2_DATA == 0 && NGHTTP2_HEADERS == 1 && NGHTTP2_GOAWAY == 7, "types");
_Static_assert(NGHTTP2_FLAG_END_STREAM == 1, "the end of a stream");
_Static_assert(NGHTTP2_DATA_FLAG_EOF == 1, "the end of a body");
_Static_assert(NGHTTP2_NO_ERROR == 0 && NGHTTP2_REFUSED_STREAM == 7 && NGHTTP2_CANCEL == 8, "codes");
_Static_assert(NGHTTP2_HTTP_1_1_REQUIRED == 13, "codes");
_Static_assert(NGHTTP2_SETTINGS_ENABLE_PUSH == 2, "settings");
_Static_assert(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS == 3, "settings");
_Static_assert(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE == 6, "settings");
_Static_assert(NGHTTP2_ERR_CALLBACK_FAILURE == -902, "a callback's refusal");
_Static_assert(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE == -521, "a callback's refusal of one stream");
