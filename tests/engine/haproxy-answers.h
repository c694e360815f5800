/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What HAProxy 2.6.12 said of four servers: one that is down, one in maintenance, one that drains, and one
 * that serves. Columns that nobody reads are left out of the second table. */
#define STATE_HEADING \
  "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight " \
  "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state " \
  "srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl " \
  "srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n"
#define STAT_HEADING \
  "# pxname,svname,qcur,scur,stot,econ,eresp,wretr,wredis,status,weight,chkfail,check_status,check_code," \
  "check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,last_chk,rtime,ttime,\n"

#define ANSWER \
  STATE_HEADING \
  "3 p 1 127.0.0.1:1 127.0.0.1 0 0 1 1 2 8 2 0 6 0 0 0 - 1 - 0 0 - - 0\n" \
  "3 p 2 b 127.0.0.1 0 5 9 7 2 1 0 0 8 0 0 0 - 2 - 0 0 - - 0\n" \
  "3 p 3 c 127.0.0.1 2 8 5 0 0 1 0 2 0 0 0 0 - 3 - 0 0 - - 0\n" \
  "3 p 4 d 127.0.0.1 2 0 3 3 0 1 0 2 6 0 0 0 - 4 - 0 0 - - 0\n" \
  "\n" STAT_HEADING \
  "p,127.0.0.1:1,0,0,0,3,0,0,2,DOWN,1,1,L4CON,,0,0,0,0,0,0,\"Connection \"\"refused\"\", again\",0,0,\n" \
  "p,b,0,0,0,0,0,0,0,MAINT,9,,,,,0,0,0,0,0,,0,0,\n" \
  "p,c,0,0,0,0,0,0,0,DRAIN,5,,,,,0,0,0,0,0,,0,0,\n" \
  "p,d,2,17,5000000000,0,1,4,0,UP,3,0,L7OK,200,12,0,4999999000,0,999,1,,34,56,\n\n" \
  "Name: HAProxy\nVersion: 2.6.12-1\nUptime_sec: 2\nPid: 4711\nnode: h\n\n"
