"""More words of short dramas, Chinese to English, beside studio.prompt_words. Tables only, sorted by the Chinese.

For engines that read prompts: what a storyboard's recipes were written with stays in studio.prompt_words, unchanged.
"""

from studio.prompt_words import entries, words

_PLACES = entries("""
丛林 jungle, 中堂 main hall, 主席台 rostrum, 书桌前 at a desk, 书院 academy, 井边 beside a well, 产房 delivery room
亭子 pavilion, 人潮 crowd, 人群中 in a crowd, 休息区 lounge, 休息室 lounge, 会场 conference hall, 会所 private club
低处 low down, 住院部 hospital ward, 侯府门口 noble mansion gate, 保姆房 small bedroom, 候机厅 departure lounge
候诊区 hospital waiting area, 假山 rockery, 储物间 storage room, 储藏室 storage room, 儿童房 children's room
入口 entrance, 公司前台 company reception, 公司大堂 office lobby, 公司楼下 in front of an office tower
公司门口 office entrance, 公堂 magistrate's court, 养老院 nursing home, 内室 inner chamber, 冷宫 cold palace
凉亭 pavilion, 刑场 execution ground, 别墅门口 villa gate, 前厅 front hall, 副驾驶 passenger seat, 动物园 zoo
化妆室 dressing room, 化妆间 dressing room, 医生办公室 doctor's office, 医院大厅 hospital lobby
医院门口 hospital entrance, 医馆 herbal clinic, 单元门口 apartment entrance, 单身公寓 studio apartment
厢房 side chamber, 发布会 press conference, 发布会现场 press conference, 台上 on stage, 台下 below the stage
合租房 shared flat, 后宫 imperial harem, 后座 back seat, 售楼处 property showroom, 喷泉 fountain
回廊 covered gallery, 土屋 mud house, 土路 dirt road, 地牢 dungeon, 地窖 cellar, 地里 in a field
垃圾场 rubbish dump, 垃圾桶 rubbish bin, 城中村 crowded old neighbourhood, 堂屋 main hall, 墙角 corner of a room
墙边 by a wall, 外卖店 takeaway shop, 大杂院 shared courtyard, 大牢 prison, 大院 walled compound
天桥下 under a footbridge, 天牢 dungeon, 头顶 overhead, 婚房 bridal chamber, 婚纱店 bridal shop, 婴儿房 nursery
孤儿院 orphanage, 学堂 schoolhouse, 学校门口 school gate, 官道 country road, 宫墙 palace wall, 宫道 palace corridor
家宴 family dinner, 密林 dense forest, 对岸 opposite shore, 寿宴 birthday banquet
小区门口 gate of a residential block, 屋檐下 under the eaves, 屋顶上 on the rooftop, 展厅 showroom, 山坡 hillside
山林 mountain forest, 山脚 foot of a mountain, 山门 mountain gate, 巷尾 end of an alley, 市集 market fair
布庄 fabric shop, 幕布 stage curtain, 年会 company gala, 床前 beside the bed, 庙会 temple fair, 府门 mansion gate
府门口 mansion gate, 废墟 ruins, 座椅 seats, 御书房 imperial study, 快递站 parcel station, 急救室 emergency room
急诊室门口 outside an emergency room, 总裁室 executive office, 戏台 opera stage, 戏园子 old theatre
戏楼 opera stage, 戏院 opera house, 打谷场 threshing ground, 抢救室 emergency room, 护士站 nurses' station
拆迁区 demolition site, 拱桥 arched bridge, 探监室 prison visiting room, 摊位 market stall, 摊子 market stall
摩天轮 ferris wheel, 擂台 fighting stage, 教学楼 school building, 教室门口 classroom door, 新房 newlyweds' bedroom
方向盘 steering wheel, 早餐店 breakfast shop, 早餐摊 breakfast stall, 晒谷场 threshing ground, 晚宴 formal dinner
朝堂 throne hall, 机房 server room, 杂物间 storage room, 村委会 village office, 村道 village road, 柴房 woodshed
树下 under a tree, 桌上 on the table, 桌前 at a table, 桌边 at a table, 桌面 tabletop, 桥洞 under a bridge
楼上 upstairs, 楼下 outside the building, 正厅 main hall, 民政局门口 civil registry office entrance, 水井 well
水库 reservoir, 水族馆 aquarium, 水榭 waterside pavilion, 池塘 pond, 河滩 river bank, 洞房 bridal chamber
派对 party, 渔村 fishing village, 游乐场 amusement park, 游艇 yacht, 溪边 by a stream, 灯下 under a lamp
猪圈 pigsty, 球场 sports court, 瓦房 tiled house, 生日宴 birthday party, 田埂 field path, 电影院 cinema
病床前 beside a hospital bed, 病房门口 hospital room door, 监控室 control room, 盘山公路 winding mountain road
相府 minister's mansion, 看守所 detention centre, 石桥 stone bridge, 破庙 ruined temple, 福利院 orphanage
私人会所 private club, 私塾 schoolhouse, 秋千 swing, 秘境 mystic realm, 窗外 outside the window
筒子楼 old dormitory block, 签约现场 signing ceremony, 篮球场 basketball court, 红毯 red carpet
练武场 training ground, 结界 magic barrier, 绣坊 embroidery workshop, 网吧 internet cafe
老小区 old residential block, 老房子 old house, 背景 background, 舞会 ball, 花坛 flower bed, 茶摊 roadside tea stall
草坪 lawn, 荒山 barren hill, 荒野 wilderness, 药铺 herbal medicine shop, 荷塘 lotus pond, 荷花池 lotus pond
街对面 across the street, 衙门 magistrate's court, 衣帽间 walk-in closet, 观众席 theatre seats, 角落 corner
警局 police station, 订婚宴 engagement banquet, 订婚现场 engagement party, 记者会 press conference, 讲台 lectern
诊所 clinic, 试衣间 fitting room, 豪宅门口 mansion gate, 贵宾室 vip lounge, 赌场 casino, 赌桌 gambling table
走廊尽头 end of a corridor, 跑道 running track, 路灯下 under a street lamp, 路边摊 street stall
车前 in front of a car, 车外 outside the car, 车旁 beside a car, 车行 car dealership, 远处 in the distance
远方 in the distance, 道场 training ground, 配电房 utility room, 酒会 cocktail party, 酒店走廊 hotel corridor
酒店门口 hotel entrance, 酒窖 wine cellar, 重症监护室 intensive care unit, 金銮殿 throne hall, 锅炉房 boiler room
镖局 escort agency, 镜前 in front of a mirror, 长廊 long gallery, 长椅 bench, 门内 inside the door
门后 behind a door, 门外 outside the door, 门诊 hospital clinic, 门边 beside a door, 闺房 lady's chamber, 阁楼 attic
集市上 market fair, 雪山 snowy mountain, 青楼 pleasure house, 领奖台 podium, 马厩 stable, 马场 riding ground
马路对面 across the road, 驾驶座 driver's seat, 驿站 post house, 高处 high up, 高尔夫球场 golf course
高架桥 elevated highway
""")

_THINGS = entries("""
三轮车 tricycle cart, 乌鸦 crows, 书籍 books, 亲子鉴定 paternity test report, 仙鹤 cranes, 令牌 command token
作业本 exercise book, 供桌 altar table, 保温桶 lunch container, 信件 letters, 借条 iou note, 元宝 gold ingots
光晕 halo of light, 光束 beam of light, 光柱 column of light, 全家福 family portrait, 凤凰 phoenix, 刀剑 swords
刺绣 embroidery, 剪刀 scissors, 加长林肯 limousine, 劳斯莱斯 luxury limousine, 包子 steamed buns, 包袱 cloth bundle
包裹 parcel, 化妆镜 make-up mirror, 印章 seal, 卷轴 scroll, 发条 clockwork spring, 古琴 guqin, 古董 antique
台阶上 stone steps, 合约 contract, 名牌 name tag, 后视镜 rear-view mirror, 向日葵 sunflowers, 啤酒 beer
喜字 red double-happiness sign, 喜服 red wedding robe, 团扇 round fan, 圆桌 round table, 圣旨 imperial edict
外卖 takeaway food, 大屏幕 large screen, 大火 blazing fire, 太师椅 carved wooden armchair, 头饰 headdress
奏折 memorial scroll, 契约 contract, 奖杯 trophy, 奖状 award certificate, 奶瓶 baby bottle, 奶茶 milk tea
婚纱照 wedding photograph, 婴儿车 pram, 孕检单 pregnancy test report, 字画 calligraphy scroll
字迹模糊 blurred handwriting, 安全带 seat belt, 宝座 throne, 宫灯 palace lantern, 对讲机 walkie-talkie
屏风 folding screen, 工具箱 toolbox, 工牌 staff badge, 巨龙 dragon, 布包 cloth bundle, 帷幕 drapes, 平台 platform
平板电脑 tablet computer, 广告牌 billboard, 床帐 bed curtains, 底片 film negative, 弓弩 crossbow
录音带 cassette tape, 录音笔 voice recorder, 心电图 heart monitor, 快递 parcel, 戒尺 wooden ruler
房产证 property deed, 房卡 key card, 手写信 handwritten letter, 手帕 handkerchief, 手捧花 bridal bouquet
手术灯 operating light, 打火机 lighter, 托盘 tray, 扫帚 broom, 扶手 handrail, 投影 projection screen
折扇 folding fan, 担架 stretcher, 拖把 mop, 拖拉机 tractor, 挖掘机 excavator, 捧花 bridal bouquet
摇椅 rocking chair, 收音机 radio, 旗帜 flags, 旧照片 old photograph, 服饰 costume, 枕头 pillow, 柳树 willow tree
栏杆 railing, 桃树 peach tree, 梳妆台 dressing table, 梳子 comb, 检查报告 medical report, 棋子 go pieces
棋盘 go board, 棍子 stick, 棍棒 club, 棒球棍 baseball bat, 横幅 banner, 欠条 iou note, 步摇 dangling hairpin
毒药 poison, 毒酒 poisoned wine, 毛毯 blanket, 毯子 blanket, 氧气面罩 oxygen mask, 水果刀 fruit knife, 水桶 bucket
汤药 herbal medicine, 法阵 glowing magic circle, 浓烟 thick smoke, 海报 poster, 漩涡 whirlpool, 火把 torches
火星 sparks, 火漆 wax seal, 火焰 flames, 灯火 lights, 灰尘 dust, 灵兽 mythical beast, 烈火 blazing fire
烟灰缸 ashtray, 热汤 hot soup, 爆炸 explosion, 牌位 memorial tablet, 牌匾 wooden signboard, 猫眼 peephole
玉玺 imperial jade seal, 玉簪 jade hairpin, 玫瑰花 roses, 玻璃碎片 broken glass, 玻璃罩 glass dome, 珠宝 jewellery
珠帘 bead curtain, 珠翠 hair ornaments, 琵琶 pipa lute, 瓦砾 rubble, 生日蛋糕 birthday cake, 画像 portrait painting
留声机 gramophone, 病危通知书 hospital notice, 病号牌 name tag, 痕迹 marks, 白狐 white fox, 白酒 liquor
白马 white horse, 皮箱 suitcase, 盆栽 potted plant, 监护仪 heart monitor, 盖头 bridal veil, 相片 photograph
盾牌 shield, 石狮 stone lion, 石阶 stone steps, 砖墙 brick wall, 碎片 shards, 碎石 rubble, 碗筷 bowls and chopsticks
磁带 cassette tape, 离婚协议书 divorce papers, 离婚证 divorce certificate, 笛子 flute, 符咒 paper talisman
筷子 chopsticks, 箭矢 arrow, 糖葫芦 candied fruit stick, 红灯笼 red lanterns, 红烛 red candles
红盖头 red bridal veil, 纱帘 sheer curtains, 纸钱 paper money, 结婚照 wedding photograph
结婚证 marriage certificate, 编织袋 woven bag, 老式电话 old telephone, 老槐树 old tree, 老虎 tiger, 耳机 headphones
聚光灯 spotlight, 胭脂 rouge, 脸盆 basin, 花圈 funeral wreath, 花盆 flower pot, 花轿 bridal sedan chair
茶桌 tea table, 药碗 bowl of medicine, 药箱 medicine chest, 荷包 embroidered pouch, 菜刀 kitchen knife
蒲公英 dandelion, 蛋糕店 cake shop, 蛛网 cobwebs, 血书 letter written in blood, 行李 luggage, 被子 quilt
诊断书 medical report, 试卷 exam paper, 话筒 microphone, 请柬 invitation card, 豪车车队 line of luxury cars
账本 account book, 货车 truck, 车窗 car window, 车钥匙 car keys, 车门 car door, 车队 motorcade, 轿子 sedan chair
输液瓶 drip bottle, 迈巴赫 black luxury sedan, 追光 spotlight, 道具 props, 遗嘱 will document
邀请函 invitation card, 邮票 postage stamp, 酒坛 wine jar, 酒壶 wine pot, 野花 wild flowers, 金条 gold bars
金钗 gold hairpin, 鉴定报告 test report, 钟摆 pendulum, 铁棍 iron bar, 铜镜 bronze mirror, 银子 silver ingots
银杏 ginkgo tree, 银票 silver notes, 银簪 silver hairpin, 银针 silver needle, 铺面 shop front, 铺面招牌 shop sign
锄头 hoe, 键盘 keyboard, 镊子 tweezers, 长刀 long sabre, 长枪 spear, 长桌 long table, 长鞭 whip, 门帘 door curtain
门把手 door handle, 门框 door frame, 门槛 threshold, 门禁卡 key card, 闪光灯 camera flashes, 面包车 van, 鞭子 whip
餐盘 plate, 饭盒 lunch box, 饭碗 rice bowl, 馒头 steamed buns, 首饰 jewellery, 首饰盒 jewellery box
香囊 scented pouch, 香案 incense altar, 香火 incense, 验孕棒 pregnancy test, 骨灰盒 urn, 鱼缸 fish tank
鸡汤 chicken soup, 麻袋 sack, 黑白照片 black-and-white photograph, 黑马 black horse, 齿轮 gears, 龙椅 dragon throne
""")

_PEOPLE = entries("""
一群人 group of people, 丈夫 husband, 主持人 host, 乞丐 beggar, 亲戚 relatives, 人影 silhouette, 仙人 immortal
伴娘 bridesmaid, 佣人们 servants, 侍女 maidservants, 侠客 swordsman, 侦探 detective, 保姆 nanny
保安 security guards, 修表人 watchmaker, 儿子 son, 兄弟 brothers, 公主 princess, 军官 officer, 刺客 assassin
助理 assistant, 劫匪 robbers, 医护人员 medical staff, 千金 rich young lady, 双胞胎 twins, 司机 driver
同事 colleagues, 名媛 socialites, 员工 office workers, 和尚 monk, 商贩 street vendor, 围观者 onlookers
外卖员 delivery rider, 外婆 grandmother, 大妈 middle-aged woman, 大爷 old man, 大臣 court officials
太后 empress dowager, 太子 crown prince, 太监 eunuch, 夫妻 couple, 女儿 daughter, 女子 woman, 奶奶 grandmother
妈妈 mother, 妻子 wife, 姐妹 sisters, 婆婆 mother-in-law, 嬷嬷 old maidservant, 孕妇 pregnant woman, 学徒 apprentice
学生 students, 官兵 soldiers, 官员 officials, 宫女 palace maids, 家丁 servants, 家人 family, 家族 family clan
宾客们 guests, 富二代 rich young man, 将军 general, 小女孩 little girl, 小男孩 little boy, 少女 girl, 少年 boy
岳母 mother-in-law, 岳父 father-in-law, 帅哥 handsome man, 师傅 old master, 师父 old master, 店主 shopkeeper
弟子 disciples, 律师 lawyer, 快递员 courier, 总裁 company president, 情侣 couple, 手下 henchmen, 打手 thugs
新娘 bride, 新郎 groom, 服务生 waiter, 杀手 assassin, 村民 villagers, 村长 village head, 校长 headmaster
歌女 singer, 母亲 mother, 母女 mother and daughter, 母子 mother and son, 法官 judge, 消防员 firefighter, 混混 thugs
清洁工 cleaner, 父亲 father, 父女 father and daughter, 父子 father and son, 父母 parents, 爷爷 grandfather
爸爸 father, 犯人 prisoner, 狱警 prison guard, 王妃 prince's consort, 王爷 prince, 男子 man, 皇上 emperor
皇后 empress, 皇帝 emperor, 禁军 imperial guards, 秘书 secretary, 经理 manager, 绑匪 kidnappers
美女 beautiful woman, 老太太 old woman, 老头 old man, 老妇人 old woman, 老师 teacher, 老板 boss, 老板娘 landlady
老者 old man, 舞女 dancer, 萌宝 cute child, 董事长 company chairman, 行人 pedestrians, 观众 audience
警官 police officer, 记者们 reporters, 贵妃 imperial consort, 贵妇 wealthy lady, 路人 passers-by, 道士 taoist priest
酒保 bartender, 陌生人 stranger, 顾客 customers, 黑影 dark figure, 黑衣人 men in black, 黑衣保镖 bodyguards in black
黑衣刺客 assassin in black
""")

_DEEDS = entries("""
一巴掌 slap, 一耳光 slap, 上前 stepping forward, 上课 in class, 上香 offering incense, 下棋 playing go
下跪 kneeling, 举手 raising a hand, 举杯 raising a glass, 举枪 aiming a gun, 书写 writing, 争执 arguing
交头接耳 whispering together, 交织 interwoven, 交谈 talking, 亮相 striking a pose, 亮起 lighting up, 付钱 paying
仰头 head tilted back, 仰望 gazing up, 仰着头 head tilted back, 仰视 looking up, 伫立 standing still
伸出手 reaching out a hand, 伸手 reaching out a hand, 低垂 lowered, 低着头 head lowered, 低语 whispering
作揖 bowing with clasped hands, 作画 painting, 依偎 leaning on each other, 侧头 head turned aside
侧身 turned sideways, 俯视 looking down, 俯身 bending down, 倒下 falling down, 倒在地上 fallen on the ground
倒地 fallen on the ground, 倒塌 collapsing, 倒茶 pouring tea, 倒退 stepping back, 倒酒 pouring wine, 倚在 leaning
倚靠 leaning, 做手术 performing surgery, 停住 stopping, 停走 stopped, 健身 working out, 偷听 eavesdropping
偷听到 eavesdropping, 偷拍 secretly taking a photo, 偷看 peeking, 公主抱 carrying in both arms
关灯 switching off the light, 关窗 closing the window, 写作业 doing homework, 写信 writing a letter
冲上前 rushing forward, 冲出 rushing out, 冲过来 rushing closer, 冲进 rushing in, 冲进来 rushing in
出神 lost in thought, 出鞘 sword drawn, 切菜 chopping vegetables, 划船 rowing a boat, 列队 lined up
列队欢迎 lined up in welcome, 刷卡 swiping a card, 加班 working late, 劳作 working, 勾勒 outlined, 包围 surrounded
包扎 bandaging a wound, 化妆 putting on make-up, 十指相扣 fingers interlocked, 升腾 rising
单膝跪地 kneeling on one knee, 卷起袖子 rolling up sleeves, 厮杀 fighting with swords, 双手合十 palms together
双手抱胸 arms crossed, 双臂张开 arms spread wide, 反射 reflecting, 发亮 shining, 发呆 lost in thought
叩首 kowtowing, 吃药 taking medicine, 后退 stepping back, 吐血 coughing blood, 含泪 with tears in the eyes
含泪微笑 smiling through tears, 听到 listening, 听见 listening, 吵架 arguing, 吹笛 playing the flute
告别 saying goodbye, 呐喊 shouting, 咳嗽 coughing, 哀求 pleading, 品茶 sipping tea, 哭喊 crying out
哽咽 choking with tears, 喂药 feeding medicine, 喂食 feeding, 喂饭 feeding, 喊叫 shouting, 喘息 out of breath
喘气 out of breath, 喝药 drinking medicine, 四下张望 looking around, 四目相对 eyes locked, 回头看 looking back
回眸 looking back over the shoulder, 围住 surrounded, 地面 ground, 坐起 sitting up, 坐起身 sitting up
坠崖 falling off a cliff, 坠楼 falling from a building, 坠落 falling, 垂头 head lowered, 壁咚 pinned against a wall
大喊 shouting, 夺门而出 rushing out of the door, 审视 watching closely, 对决 duel, 对峙着 confrontation
对望 looking at each other, 射入 streaming in, 尖叫 screaming, 崩塌 collapsing, 带走 led away, 干活 working
平视 looking straight ahead, 并肩 side by side, 并肩走 walking side by side, 开会 in a meeting, 开枪 firing a gun
开灯 switching on the light, 开窗 opening the window, 开门 opening the door, 张开双臂 arms spread wide
张望 looking around, 弥漫 filling the air, 弯下腰 bending down, 弯腰 bending down, 录像 filming, 徘徊 pacing
心肺复苏 cpr, 怒吼 shouting in anger, 怒视 glaring, 急刹车 car braking hard, 恳求 pleading, 悬挂 hanging
悬浮 hovering, 惊醒 waking with a start, 戴口罩 wearing a face mask, 戴戒指 putting on a ring
扇耳光 slapping a face, 扑倒 throwing to the ground, 扑进 throwing into the arms of, 扑通跪下 dropping to the knees
打坐 meditating, 打扫 sweeping, 打篮球 playing basketball, 打耳光 slapping a face, 打量 looking up and down
打雷下雨 thunderstorm, 扔文件 throwing documents, 扔进 throwing into, 托腮 chin in hand, 扫墓 at a grave
扫视 looking across, 扭头 turning the head, 扭曲 twisted, 扶住 steadying, 扶着 supporting by the arm
扶起 helping up, 扶额 hand on the forehead, 把脉 taking a pulse, 抓住 grabbing, 抓起 grabbing, 投射 cast
投进 throwing into, 折叠 folded, 抚摸 stroking, 抚琴 playing the guqin, 抢救 emergency treatment
披外套 putting a coat around the shoulders, 抬手 raising a hand, 抬眸 looking up, 抬眼 looking up
抱在怀里 held in the arms, 抱臂 arms crossed, 抹泪 wiping away tears, 抹眼泪 wiping away tears, 押着 held by guards
抽泣 sobbing, 拆信 opening a letter, 拉住 pulling back, 拉开 pulling apart, 拉开窗帘 opening the curtains
拉弓 drawing a bow, 拉着 pulling by the hand, 拉窗帘 drawing the curtains, 拍桌 slamming a hand on the table
拍桌子 slamming a hand on the table, 拍照 taking a photo, 拍肩 hand on a shoulder, 拔剑 drawing a sword
拖地 mopping the floor, 拖走 dragged away, 招手 beckoning, 拜堂 wedding bow, 拥吻 embracing and kissing
拥挤 crowded, 拦住 blocking the way, 拨通电话 making a phone call, 拽住 pulling back, 持刀 holding a knife
持剑 holding a sword, 挂断电话 hanging up the phone, 挂电话 hanging up the phone, 指向 pointing at, 指着 pointing at
指责 pointing accusingly, 按下 pressing, 按手印 pressing a fingerprint, 按电梯 pressing the elevator button
挡在 standing in the way, 挡在身前 shielding with the body, 挣扎 struggling, 挣脱 breaking free, 挤进 squeezing in
挥剑 swinging a sword, 挥手告别 waving goodbye, 挥拳 throwing a punch, 挽起 pinned up, 捂住嘴 covering the mouth
捂嘴 covering the mouth, 捂着胸口 holding the chest, 捂着脸 holding the cheek, 捂脸 covering the face, 捆绑 tied up
捏脸 pinching a cheek, 换衣服 changing clothes, 掀桌 overturning a table, 掉下 falling down
掉在地上 fallen on the ground, 掉落 falling, 掐住 gripping, 掐脖子 gripping the throat, 排队 queueing
接起电话 answering the phone, 接过 taking, 推倒 pushing to the ground, 推开众人 pushing through the crowd
推开门 pushing the door open, 推着 pushing, 推着轮椅 pushing a wheelchair, 推门出去 going out of the door
推门进来 coming through the door, 掩面 covering the face, 插兜 hands in pockets, 握拳 clenching a fist
揪住 grabbing, 揽入怀中 pulling into an embrace, 搀扶 supporting by the arm, 搂住 arm around, 搂着 arm around
搬运 carrying loads, 搭讪 chatting up, 摆手 waving a hand, 摇头 shaking the head, 摇曳 swaying
摔倒在地 fallen on the ground, 摔手机 smashing a phone, 摔杯 smashing a glass, 摔杯子 smashing a glass
摔门 slamming the door, 摔门而去 slamming the door on the way out, 摸头 patting the head, 撒钱 throwing banknotes
撕信 tearing up a letter, 撕开 tearing open, 撕毁 tearing up, 撕裂 tearing, 撞上 bumping into, 撞倒 knocked down
撞车 car crash, 撩头发 brushing hair back, 撬锁 picking a lock, 擦拭 wiping, 擦桌子 wiping a table
擦泪 wiping away tears, 擦眼泪 wiping away tears, 攀爬 climbing, 攥拳 clenching a fist, 攥着 gripping
收回手 drawing back a hand, 收拾东西 packing up, 收拾行李 packing a suitcase, 放风筝 flying a kite, 敞开 wide open
散步 strolling, 散落 scattered, 敬礼 saluting, 敬茶 offering tea, 数钱 counting money, 敲键盘 typing
整理头发 tidying hair, 整理衣领 straightening a collar, 整理领带 straightening a tie, 斜射 slanting
施工 construction work, 施法 casting a spell, 昂首 head held high, 昂首挺胸 chest out and head held high
映出 reflecting, 映照 lit by, 晕倒 fainting, 松开 letting go, 松手 letting go, 梳头 combing hair, 殴打 beating
求婚 proposing marriage, 求救 crying for help, 求饶 begging for mercy, 沉思 deep in thought, 沉睡 sound asleep
注视 gazing, 泪流满面 face covered with tears, 泼水 throwing water, 泼酒 throwing wine, 洒落 falling across
洗碗 washing dishes, 洗衣服 washing clothes, 流下眼泪 tears running down, 涂口红 putting on lipstick, 游泳 swimming
溅起 splashing, 溺水 drowning, 滑落 sliding down, 滚落 tumbling down, 滴水 dripping water, 漂浮 floating
演出 performing, 演讲 giving a speech, 炒菜 cooking, 点头 nodding, 点燃 lighting, 烧纸 burning paper money
烧纸条 burning a note, 热泪盈眶 eyes full of tears, 照亮 lit up, 照镜子 looking in a mirror, 熄灭 going out
爬行 crawling, 爬起 getting up, 牵着 holding by the hand, 牵着手 holding hands, 玩手机 looking at a phone
环绕 surrounded, 环顾 looking around, 环顾四周 looking around, 甩出 flinging, 甩开 shaking off
甩门 slamming the door, 画画 painting, 瘫倒 collapsed, 瘫坐 slumped on the floor, 登台 on stage
盖章 stamping a seal, 盖被子 tucking in a quilt, 目送 watching somebody leave, 直播 livestreaming
直起身 straightening up, 相亲 blind date, 相对而坐 sitting face to face, 相拥 embracing, 相拥而泣 embracing in tears
相撞 bumping into each other, 相视一笑 smiling at each other, 看书信 reading a letter, 看信 reading a letter
看手机 looking at a phone, 看文件 reading documents, 看表 checking a watch, 睁开眼 opening the eyes
睁开眼睛 opening the eyes, 瞪着 glaring, 矗立 standing tall, 破碎 broken, 破门而入 bursting through the door
碎成 broken into, 碎裂 shattering, 碰杯 clinking glasses, 磕头 kowtowing, 祈祷 praying, 祭拜 paying respects
离去 walking away, 离开 leaving, 私语 whispering, 种地 working in a field, 穿梭 weaving through a crowd
穿过 passing through, 窃窃私语 whispering, 窥视 peeking, 站定 standing still, 站立 standing, 站起身 standing up
端坐 sitting upright, 端着 carrying, 端菜 serving food, 笼罩 shrouded, 等候 waiting, 等待 waiting
等电梯 waiting for the elevator, 签下 signing, 签协议 signing papers, 签合同 signing a contract
簇拥 surrounded by followers, 系领带 tying a tie, 紧抿 lips pressed together, 紧抿双唇 lips pressed together
紧握双拳 clenching both fists, 紧闭 tightly closed, 红了眼眶 eyes reddening, 约会 on a date
练功 martial arts training, 练武 martial arts training, 绑架 kidnapped, 缭绕 drifting, 翻开 opening, 翻找 searching
翻文件 leafing through documents, 翻看 leafing through, 考试 sitting an exam, 耳语 whispering in an ear
背对 back turned to, 背对镜头 back to the camera, 背影远去 walking away into the distance
背手 hands behind the back, 背着 carrying on the back, 背着手 hands behind the back, 腾空 leaping in mid-air
自拍 taking a selfie, 舞剑 sword dancing, 苏醒 waking up, 落水 falling into water, 藏在 hidden, 虚掩 ajar
蜷缩 curled up, 行礼 bowing respectfully, 表演 performing, 表白 confessing love, 被绑 tied up, 观察 watching
让开 stepping aside, 让路 making way, 训练 training, 议论 people whispering, 议论纷纷 crowd whispering
讲话 speaking, 试婚纱 trying on a wedding dress, 说话 speaking, 读信 reading a letter, 质问 confronting
赏花 admiring flowers, 走上 walking up, 走上前 stepping forward, 走下 walking down, 走到 walking up to
走廊里走 walking down a corridor, 走开 walking away, 走近 coming closer, 走远 walking away into the distance
趴着 lying face down, 跃起 leaping, 跑出 running out, 跑向 running towards, 跑步 jogging, 跑进 running in
跨过 stepping over, 跪倒 falling to the knees, 跪倒在地 on both knees on the ground, 跳上 jumping onto
跳下 jumping down, 跳楼 jumping from a building, 跳水 diving, 踢倒 kicking over, 踢开 kicking aside, 踮脚 on tiptoe
踱步 pacing, 蹲下身 crouching, 蹲在 crouching, 躲在 hiding, 躲在门后 hiding behind a door, 躲开 dodging
躲避 dodging, 躲闪 avoiding eyes, 车祸 car crash, 转身离去 turning and walking away
转身离开 turning and walking away, 转过头 turning the head, 转过身 turning around, 轻抚 gently stroking
轻拍 patting gently, 输血 blood transfusion, 迎接 welcoming, 迎面走来 walking towards the camera
远眺 gazing into the distance, 追上 catching up, 追出 chasing out, 送别 seeing off
递名片 handing over a business card, 递文件 handing over documents, 递钱 handing over money, 逼近 closing in
道歉 apologising, 醒来 waking up, 重逢 reunion, 针灸 acupuncture, 钓鱼 fishing, 锁门 locking the door
闪烁 flickering, 闭上眼 closing the eyes, 闭上眼睛 closing the eyes, 闯入 bursting in, 阅读 reading
阻拦 blocking the way, 隐藏 hidden, 静止 motionless, 静立 standing still, 靠墙 leaning against a wall
靠近 coming close, 面对 facing, 面对面 face to face, 飘扬 fluttering, 飘落 drifting down, 飞舞 swirling
飞身 leaping through the air, 骑摩托车 riding a motorcycle, 骑车 riding a bicycle, 齐声 in unison
""")

_FEELINGS = entries("""
不安 uneasy, 不屑 disdainful, 不敢置信 in disbelief, 不耐烦 impatient, 不解 puzzled, 专注 focused, 严厉 stern
严肃 stern, 仇恨 full of hatred, 从容 composed, 仪式感 ceremonial mood, 优雅 elegant, 伤心 heartbroken
似笑非笑 half smile, 俊美 handsome, 俏皮 playful, 倔强 stubborn, 傲慢 haughty, 僵住 frozen in shock, 僵硬 stiff
儒雅 refined, 关切 concerned, 兴奋 excited, 内疚 guilty, 决绝 resolute, 冷峻 stern, 冷淡 aloof, 冷酷 cold and hard
冷静 calm, 凄凉 desolate, 凝重 grave, 凶狠 fierce, 勾唇 smirking, 勾起嘴角 smirking, 卑微 humble
压抑 oppressive mood, 压迫感 oppressive mood, 可爱 cute, 后悔 regretful, 含笑 smiling, 呆住 frozen in shock
呆滞 blank stare, 哀伤 sorrowful, 喜悦 joyful, 嘲笑 mocking, 嘲讽 mocking, 嘴角上扬 corners of the mouth raised
嚣张 arrogant, 困惑 puzzled, 坏笑 sly smile, 坚强 resolute, 坚毅 resolute, 大怒 furious, 失望 disappointed
失落 downcast, 奸笑 evil grin, 好奇 curious, 妩媚 alluring, 委屈 wronged and tearful, 威严 imposing, 娇羞 shy
嫉妒 jealous, 孤单 lonely, 孤寂 lonely, 孤独 lonely, 孤立 isolated, 宠溺 doting, 害羞 shy, 尊贵 noble
尴尬 embarrassed, 崩溃 breaking down, 帅气 handsome, 平静 calm, 幸福 blissful, 庄严 solemn, 庄重 solemn, 开心 happy
强颜欢笑 forced smile, 得意 smug, 心动 smitten, 心疼 aching with pity, 心碎 heartbroken, 心虚 guilty look
忐忑 nervous, 忧伤 sorrowful, 忧郁 melancholy, 怀念 nostalgic, 怀旧 nostalgic, 怀疑 suspicious, 怒气 anger
怒火 rage, 怔住 frozen in shock, 怨恨 resentful, 怯懦 timid, 怯生生 timid, 恐怖 terrifying, 恐慌 panicked
恭敬 respectful, 恼怒 annoyed, 悬疑 suspenseful, 悲愤 grief and anger, 悲痛 grief-stricken, 惊呆 stunned
惊喜 pleasantly surprised, 惊恐 terrified, 惊愕 astonished, 惊慌 panicked, 感动 moved to tears, 感激 grateful
愣住 frozen in shock, 愤恨 full of hatred, 愧疚 guilty, 慌乱 panicked, 慌张 panicked, 慵懒 lazy, 憔悴 haggard
懊悔 regretful, 担心 worried, 担忧 worried, 撒娇 acting cute, 无助 helpless, 无奈 resigned, 暧昧 flirtatious
暴怒 furious, 期待 expectant, 欣喜 joyful, 欣慰 relieved, 残酷 cruel, 沉重 heavy-hearted, 沧桑 weathered
沮丧 dejected, 浅笑 faint smile, 淡定 calm, 淡然 calm, 深情 tender gaze, 清冷 cool and distant, 清纯 innocent
渴望 longing, 漂亮 beautiful, 激动 excited, 热泪 tears, 焦急 anxious, 焦虑 anxious, 犹豫 hesitant, 狞笑 evil grin
狠厉 fierce, 狡黠 sly, 狰狞 ferocious, 狼狈 dishevelled, 甜蜜 sweet, 畏怯 timid, 疏离 distant, 疑惑 puzzled
疯狂 frenzied, 痛楚 in pain, 痛苦 in pain, 痴迷 obsessed, 目瞪口呆 stunned, 着急 anxious, 神圣 solemn
稚嫩 childlike, 空洞 empty stare, 端庄 dignified, 笑容 smile, 笑意 hint of a smile, 紧绷 tense, 纠结 torn
绝望地 despairing, 绝美 stunningly beautiful, 美丽 beautiful, 羞愧 ashamed, 羞涩 shy, 胆怯 timid, 脆弱 fragile
脸红 blushing, 自信 confident, 英俊 handsome, 茫然 lost look, 落寞 lonely, 落魄 down and out, 虚弱 weak, 警惕 wary
警觉 wary, 认真 earnest, 讥笑 mocking, 讨好 fawning, 诧异 astonished, 谄媚 fawning, 跋扈 arrogant, 轻笑 light laugh
轻蔑 contemptuous, 迷茫 lost look, 邪魅 wicked smile, 鄙夷 contemptuous, 醉意 drunk, 醉酒 drunk, 阴冷 sinister
阴沉 gloomy, 阴险 sinister, 隐忍 restrained, 难以置信 in disbelief, 震撼 awestruck, 霸气 commanding presence
骄傲 proud, 高傲 haughty, 高兴 happy, 高贵 noble, 麻木 numb
""")

_BODY = entries("""
下巴 chin, 下颌 jaw, 伤痕 scars, 半张脸 half of a face, 半边脸 half of a face, 双唇 lips, 双眼通红 bloodshot eyes
双脚 feet, 双腿 legs, 双臂 arms, 右手 right hand, 后背 back, 咬唇 biting a lip, 咬牙 teeth clenched
咬牙切齿 gnashing teeth, 咬着嘴唇 biting a lip, 嘴唇发白 pale lips, 嘴巴 mouth
嘴角流血 blood at the corner of the mouth, 头破血流 bleeding head, 孕肚 pregnant belly, 左手 left hand
怀中 in the arms, 怀里 in the arms, 手心 palm, 手背 back of a hand, 手腕上 wrist, 手臂 arm, 拇指 thumb
指尖 fingertips, 掌心 palm, 气场 commanding presence, 汗珠 beads of sweat, 浑身发抖 trembling all over
浑身是血 covered in blood, 浑身湿透 soaking wet, 淤青 bruises, 满脸是血 bloody face, 满身是血 covered in blood
满身泥泞 covered in mud, 牙齿 teeth, 白皙 fair skin, 皮肤 skin, 皱纹 wrinkles, 目光 gaze, 目光冰冷 cold gaze
目光坚定 determined gaze, 目光锐利 sharp gaze, 眉头 brow, 眉头紧皱 knitted brow, 眉头紧锁 knitted brow
眉毛 eyebrows, 眼含热泪 eyes full of tears, 眼底 eyes, 眼眶泛红 reddened eyes, 眼神冰冷 cold gaze
眼神坚定 determined gaze, 眼神锐利 sharp gaze, 眼窝 eye sockets, 睫毛 eyelashes, 瞳孔 pupils
紧咬牙关 teeth clenched, 紧皱眉头 knitted brow, 耳垂 earlobe, 耳朵 ears, 耳边 beside the ear, 肌肉 muscles
肚子 belly, 背后 behind the back, 胸前 chest, 胸口 chest, 脖子 neck, 脖颈 neck, 脸庞 face
脸色惨白 deathly pale face, 脸色铁青 livid face, 脸色阴沉 gloomy face, 脸部 face, 腰间 waist, 腹部 belly, 虎口 hand
血痕 streaks of blood, 赤脚 barefoot, 身体 body, 身姿 posture, 身形 figure, 轮廓 outline
遍体鳞伤 battered and bruised, 锁骨 collarbone, 面孔 face, 面容 face, 面无表情 expressionless, 面色苍白 pale face
面部 face, 额头流血 bleeding forehead, 额角 temple, 食指 index finger, 髻 hair in a bun, 鼻子 nose
鼻尖 tip of the nose
""")

_CLOTHES = entries("""
一身 dressed in, 丝巾 silk scarf, 丝袜 stockings, 中分 middle-parted hair, 低发髻 low hair bun, 低马尾 low ponytail
低髻 low hair bun, 保安制服 security guard uniform, 僧袍 monk's robe, 军大衣 army greatcoat, 军帽 army cap
冲锋衣 windbreaker, 凤袍 phoenix robe, 劲装 martial outfit, 包臀裙 pencil skirt, 半扎发 half-up hair, 半身裙 skirt
华服 splendid robes, 厨师服 chef's uniform, 双排扣西装 double-breasted suit, 发带 hair ribbon, 发饰 hair ornament
发髻低挽 low hair bun, 古装 ancient chinese costume, 吊带 camisole, 吊带裙 slip dress, 囚服 prison uniform
囚衣 prison uniform, 夜行衣 black night outfit, 大波浪 long wavy hair, 大背头 slicked-back hair, 头发 hair
头发凌乱 messy hair, 头发松松挽起 loosely pinned-up hair, 头发花白 greying hair, 头巾 headscarf, 头盔 helmet
女仆装 maid outfit, 孝服 white mourning clothes, 安全帽 hard hat, 宫装 palace costume, 小黑裙 little black dress
工服 work clothes, 布衣 plain cloth clothes, 帆布鞋 canvas shoes, 平头 crew cut, 开衫 cardigan, 怀表链 watch chain
戏妆 opera make-up, 戏服 opera costume, 战甲 battle armour, 战袍 war robe, 手术服 surgical scrubs
打底衫 base layer top, 披头散发 dishevelled loose hair, 披帛 silk shawl, 披散长发 loose long hair
披肩发 shoulder-length hair, 抹胸 strapless top, 挽发 pinned-up hair, 散发 loose hair, 斗笠 bamboo hat
无框眼镜 rimless glasses, 朝服 court robe, 松松挽起 loosely pinned up, 板寸 buzz cut, 棉衣 padded coat
棒球服 varsity jacket, 毛衣外套 cardigan, 油头 slicked-back hair, 波浪卷 wavy hair, 渔夫帽 bucket hat, 湿发 wet hair
烟熏妆 smoky eye make-up, 燕尾服 tailcoat, 珍珠耳环 pearl earrings, 珍珠耳钉 pearl stud earrings
珍珠项链 pearl necklace, 病服 hospital gown, 白胡子 white beard, 白衣 white clothes, 白衬衣 white shirt
白衬衫 white shirt, 白裙 white dress, 百褶裙 pleated skirt, 皮围裙 leather apron, 皮草 fur coat
皮鞋尖 toe of a leather shoe, 盘扣 knotted buttons, 盘扣上衣 top with knotted buttons, 眼妆 eye make-up
礼服裙 evening dress, 空姐制服 flight attendant uniform, 立领盘扣 stand collar with knotted buttons
粗布衣 coarse cloth clothes, 粗布麻衣 coarse cloth clothes, 紫衣 purple robes, 红唇 red lips, 红衣 red clothes
红裙 red dress, 纱裙 tulle dress, 纽扣 buttons, 绣花鞋 embroidered shoes, 背头 slicked-back hair, 腕表 wristwatch
腮红 blush, 腰封 wide sash, 花白头发 greying hair, 蓑衣 straw rain cape, 蓬蓬裙 ball gown
蟒袍 embroidered court robe, 衣摆 hem of a garment, 衣袖 sleeve, 衣襟 front of a robe, 衣角 hem of a garment
衬衫裙 shirt dress, 袖口 cuff, 袖子 sleeve, 袖扣 cufflinks, 裙摆 hem of a dress, 襦裙 hanfu skirt
西装三件套 three-piece suit, 西装革履 in a smart suit, 西装马甲 suit waistcoat, 解放鞋 canvas shoes, 警帽 police cap
貂皮 mink coat, 贝雷帽 beret, 赛车服 racing suit, 身着 wearing, 连帽衫 hoodie, 道袍 taoist robe, 金发 blonde hair
钻石项链 diamond necklace, 银框眼镜 silver-rimmed glasses, 锦衣 brocade robe, 锦袍 brocade robe
长发披肩 long loose hair, 长靴 tall boots, 雨衣 raincoat, 雨靴 rain boots, 青衣 blue-green clothes
面罩 face covering, 领口 neckline, 领结礼服 black tie, 马丁靴 combat boots, 高领毛衣 turtleneck sweater
高马尾 high ponytail, 高髻 high hair bun, 鱼尾裙 mermaid dress, 麻花辫 braids, 麻衣 hemp clothes
黑丝 black stockings, 黑发 black hair, 黑框眼镜 black-rimmed glasses, 黑皮鞋 black leather shoes, 黑衣 black clothes
黑裙 black dress, 黑长直 long straight black hair, 齐刘海 straight fringe, 齐肩发 shoulder-length hair
齐肩短发 shoulder-length bob
""")

_LIGHT = entries("""
云海 sea of clouds, 云雾 clouds and mist, 低调光 low-key light, 低调照明 low-key lighting, 余晖 afterglow
侧光 side light, 侧逆光 side backlight, 倾斜 tilted, 倾盆大雨 pouring rain, 光影 light and shadow
光斑 spots of light, 光线 light, 冬日 winter day, 冰雪 ice and snow, 冷光 cold light, 冷色 cold colours
冷色调 cold tones, 凌晨 before dawn, 刺眼 glaring, 剪影效果 silhouette, 午后 afternoon, 古色古香 antique chinese
回忆 memory, 圆月 full moon, 城市夜景 city skyline at night, 夏日 summer day, 夜幕 nightfall, 夜景 night view
夜里 night, 夜间 night, 天色 sky, 天际线 skyline, 失焦 out of focus, 寒风 icy wind, 对比 contrast, 年代 bygone era
幽暗 dim, 底光 light from below, 废墟中 among ruins, 弱光 faint light, 强光 strong light, 强烈对比 strong contrast
彩虹 rainbow, 微光 faint light, 惨白 deathly white, 戏剧性 dramatic, 斑驳 mottled, 日光 daylight, 日间 daytime
明暗 light and dark, 明暗对比 strong contrast of light and dark, 昏沉 gloomy, 春日 spring day
晨曦 first morning light, 景深 depth of field, 暖光 warm light, 暖色 warm colours, 暖色调 warm tones
暖黄 warm yellow, 暮色 twilight, 暴雪 blizzard, 曙光 dawn light, 月色 moonlight, 朦胧 hazy, 极光 aurora
柔光 soft light, 柔和 soft, 桃花林 peach blossom grove, 梦境 dreamlike, 模糊 blurred, 正午 noon, 水滴 water drops
水珠 water drops, 水雾 spray, 水面 water surface, 沙尘暴 sandstorm, 泛着 glistening with, 波光粼粼 glittering water
流星 shooting star, 浅景深 shallow depth of field, 浓雾 thick fog, 清晰 sharp, 满月 full moon, 灯火通明 brightly lit
灰暗 dull grey, 烟尘 smoke and dust, 烟火气 lively street life, 烟雨 misty rain, 环境光 ambient light
瓢泼大雨 pouring rain, 电闪雷鸣 thunder and lightning, 白天 daytime, 硝烟 battle smoke, 硬光 hard light
秋日 autumn day, 科技感 high-tech, 积雪 deep snow, 繁星 starry sky, 红叶 red leaves, 耀眼 dazzling
背景虚化 blurred background, 自然光 natural light, 色彩 colours, 色调 colour tones, 花海 sea of flowers
花瓣飘落 falling petals, 苍白 pale, 虚化 blurred, 血月 blood moon, 血红 blood red, 车水马龙 busy traffic
轮廓光 rim light, 通明 brightly lit, 金碧辉煌 magnificent and golden, 金黄 golden, 金黄色 golden, 阴暗 gloomy
隐约 faintly visible, 雨丝 drizzle, 雨滴 raindrops, 雷声 thunder, 雷电 lightning, 霓虹闪烁 flickering neon lights
青灰 blue-grey, 顶光 overhead light, 风雪 snowstorm, 高光 highlights, 高调 high-key light, 高调光 high-key light
高调照明 high-key lighting, 鹅毛大雪 heavy snowfall, 黎明 dawn
""")

# Joined to the word that follows: 宝蓝 + 旗袍 = royal blue qipao dress.
MODIFIERS = entries("""
一叠 a stack of, 一堆 a pile of, 一排 a row of, 一束 a bunch of, 一杯 a glass of, 一桌 a table of, 一瓶 a bottle of
一盏 a, 一碗 a bowl of, 一群 a group of, 一袋 a bag of, 举着 holding up, 亚麻 linen, 亮出 showing, 亮片 sequinned
低矮 low, 佩戴 wearing, 倚着 leaning against, 健壮 muscular, 充满 full of, 关上 closing, 写满 full of
军绿 army green, 军绿色 army green, 冷清 deserted, 凝视着 gazing at, 刺绣的 embroidered, 半旧 worn, 印花 printed
古典 classical, 叼着 in the mouth, 合上 closing, 吹灭 blowing out, 呢子 woollen, 喧嚣 noisy, 喧闹 noisy, 嘈杂 noisy
围着围裙 wearing an apron, 圆领 round-necked, 坐满 full of, 坐进 getting into, 堆满 piled with, 大红色 bright red
头戴 wearing, 头顶着 wearing, 套着 wearing, 娇小 petite, 嫩绿 light green, 宏伟 grand, 宏大 grand, 宝蓝 royal blue
宝蓝色 royal blue, 宽敞 spacious, 寂静 silent, 富丽堂皇 magnificent, 小小 little, 尖锐 sharp, 布满 covered with
带泥 muddy, 带着 with, 年幼 very young, 广阔 vast, 庞大 huge, 强壮 strong, 微弱 faint, 怀抱 holding in the arms
戴着的 wearing, 手举 raising, 手写 handwritten, 手戴 wearing, 手拿 holding, 手持 holding, 手捧 holding, 手握 holding
打碎 breaking, 打翻 knocking over, 扔出 throwing, 扔掉 throwing away, 扛着 carrying on the shoulder, 抚摸着 stroking
披着 draped in, 抱起 picking up, 抵达 arriving at, 抽出 drawing, 拎着 carrying, 拔出 drawing, 拥挤的 crowded
拿着手里 holding, 挂满 hung with, 挂着 with, 捏着 holding, 捏碎 crushing, 捡起 picking up, 换上 changing into
捧着 holding in both hands, 掀开 lifting, 掀翻 overturning, 掀起 lifting, 掏出 taking out, 推着车 pushing a cart
提着 carrying, 握着 holding, 揭开 lifting, 摆满 set with, 摘掉 taking off, 撞开 bursting open, 擦拭着 wiping
收起 putting away, 整齐 neat, 新中式 modern chinese-style, 无数 countless, 日式 japanese-style, 暗红色 dark red
暗花 damask-patterned, 暗褐 dark brown, 月白 pale blue, 望向 looking towards, 木色 wood-coloured, 朱红 vermilion
杏色 apricot, 来到 arriving at, 枣红 maroon, 染血 bloodstained, 染血的 bloodstained, 桃红 pink, 梦幻 dreamy
橄榄绿 olive green, 橘红 orange red, 橘色 orange, 步入 walking into, 气派 grand, 水晶 crystal, 沾满 covered with
沾满灰尘 dusty, 注视着 gazing at, 浅紫 lilac, 浓艳 vivid, 浪漫 romantic, 消瘦 thin, 淡粉 pale pink, 淡紫 lilac
深棕 dark brown, 深红 deep red, 深邃 deep, 温馨 cosy, 渺小 tiny, 湖蓝 lake blue, 湿漉漉 wet
满地的 ground covered with, 满是 full of, 漆黑的 pitch dark, 灯芯绒 corduroy, 灰白 greyish white, 灰蓝 grey-blue
炭灰 charcoal grey, 炭灰色 charcoal grey, 炭黑 charcoal black, 点燃了 lighting, 烫金 gilded, 熙攘 bustling
狭小 cramped, 狭窄 narrow, 猩红 scarlet, 玫红 rose red, 生锈 rusty, 瘦小 small and thin, 瘦弱 thin, 盯住 staring at
看向 looking at, 真皮 leather, 破烂 ragged, 破败 dilapidated, 砸碎 smashing, 立领 stand-collar, 站满 full of
端起 lifting, 简约 minimalist, 粗糙 rough, 系着 wearing, 紧攥 gripping, 紧紧攥着 gripping, 红白 red and white
纯白 pure white, 纯黑 pure black, 绣花 embroidered, 绯红 crimson, 缎面 satin, 翠绿 emerald green, 翻领 lapelled
老式 old-fashioned, 肥胖 fat, 背着包 carrying a bag, 背靠 leaning against, 脏兮兮 dirty, 脚穿 wearing, 脚踩 wearing
脱下 taking off, 苍老 aged, 草绿 grass green, 荒凉 desolate, 藕粉 dusty pink, 补丁 patched, 褪色 faded, 许多 many
诡异 eerie, 贴满 covered with, 走入 walking into, 踏入 stepping into, 踢翻 kicking over, 踩碎 crushing underfoot
踹开 kicking open, 身披 draped in, 辉煌 splendid, 连绵 rolling, 酒红色 wine red, 银灰 silver grey
银灰色 silver grey, 铺满 covered with, 锁上 locking, 锋利 sharp, 镶钻 diamond-studded, 长长 long, 阴森 eerie
雪白 snow white, 雪纺 chiffon, 雾蓝 dusty blue, 靛蓝 indigo, 面向 facing, 面带 with, 香槟色 champagne-coloured
高大 tall, 高挑 tall, 高耸 towering, 高领 high-necked, 魁梧 burly, 鲜红 bright red, 鲜艳 vivid, 鹅黄 pale yellow
黑白 black and white
""")

SAID = {**_PLACES, **_THINGS, **_PEOPLE, **_DEEDS, **_FEELINGS, **_BODY, **_CLOTHES, **_LIGHT}

# What carries no picture, and camera words: size, angle and framing are said from their codes.
SILENT = words("""
一下 一丝 一人 一侧 一切 一抹 一旁 一次 一步步 一点 一点点 一直 一眼 一种 一股 一脸 一边 一阵 上摇 下摇 不仅 不停
不断 不由 不禁 与此 世界 两侧 两次 中全景 中央 中心 中景 中近景 中间 为此 主体 主观 主观视角 之前 之后 之时 之际
也是 互相 五人 些许 人物 仅仅 仅有 仍旧 从而 以及 以后 仰拍 仿佛 传来 似乎 但 位于 低声 低角度 作为 依旧 便是 俯拍
俯瞰 偷偷 偷偷地 像 全景 全部 关系 关键 其中 其他 其余 再度 再次 冷声 准备 几乎 几人 凸显 出现 出现在 刚刚 刚才 别人
到底 前景 力量 动作 匆匆 升降 占据 厉声 原来 又一次 双人镜头 变为 变得 变成 另一 另外 只是 只有 只见 可见 台词 右侧
右移 右边 吗 吧 呀 呈现 呢 周围 呼吸声 响 响声 响起 哦 啊 嘴里 四人 四周 因 因此 增强 声响 声响起 处于 多人 大声
大家 大特写 大远景 头上 好像 如 如同 如此 始终 姿态 字幕 完全 完成 定格 客观 对方 对白 对面的 小声 就是 居然 展现
左侧 左移 左边 带有 平拍 并且 开始 强化 强烈 强调 当中 当时 形成 彻底 彼此 径直 很是 微微 心中 心跳声 心里 快速 急忙
总是 悄悄 悄悄地 情感 情绪 想要 意味 感到 感觉 慢慢地 慢镜头 成为 或 或者 所有 手上 手中 手持镜头 手里 打算 拉远
拉镜 拍摄 捕捉 接下来 推近 推进 推镜 摄像机 摄影 摄影机 摇移 摇镜 整个 整体 整座 方向 旁白 无人机 无比 时候 时分
时刻 时间 显得 显示 景别 暗暗 最终 有些 有点 有着 机位 极其 极端 极致 极远景 构图 构成 果然 柔声 样子 格外 模样 横移
正是 此刻 死死 每一 每个 气氛 氛围 沉声 流露 浓浓 浓重 深深 渐渐 满眼 满脸 滴答作响 焦点 特写 特别 状态 狠狠 独自
独自一人 猛地 猛然 环境 现实 甚至 用力 由此 画外音 画面 略微 略显 直接 相互 相当 眼中 眼里 瞬间 神情 神色 移动 稍微
稍稍 空镜 空间 立刻 立即 竟然 第一视角 紧接着 紧紧地 细节 终于 继续 缓慢 缓缓地 而且 聚焦 脚下 脸上露出 航拍 营造
表情 衬托 视线 视觉 视角 视野 觉得 角度 角色 记忆 试图 说 质感 赋予 赶紧 跟拍 身上 转场 轻声 轻轻地 迅速 过肩镜头
近景 还是 这个 这些 这样 这边 远景 连忙 透出 透着 逐渐 那个 那些 那样 那边 部分 都是 采用 重新 镜头 附近 随之 随即
露出 静静地 音效 马上 骤然 高声 高角度 鸟瞰 默默地
""")

NEGATIONS = words("""
不会 不得 不想 不愿 不敢 不曾 不肯 不能 从未 尚未 并未 并没有 无法 毫无 绝不
""")

# English that may be written with a capital at the start of a sentence.
ENGLISH = words("""
about access again airy along always anime another any anybody as backs badly bags balloons banners barely beat
beats because begins beneath beyond blinds blocks blows bodies bokeh bottles boxes breathing breathless briefly
burst bursts cards catches cel chairs chandeliers cheap cleaning click clicking clinging closes comes completely
confetti contemporary crosses cups cuts dancers dazed diamonds doctors dogs drama drenched dying earthy either
engine enters ethereal even everybody everyone everything everywhere exits expensive eyelids faces families fans
fantasy fear fifteen fifty finally five flash flashing flowing fluorescent following footage foreground forty four
fresh friends frightened further gifts girls glance glances goes grabs grading grain graves grips grooms guns
happily hats he heads heavily hello hers him himself horses hugging hundreds hurriedly identical if immediately
inches injured instantly instead is it its itself journalists just kids kneels knives knocks lamps lands laughter
lawyers leans lies like listens looks loosened lovers maybe more most mothers moving music muted my nearby neither
never next nine nobody noir none nothing now officers often older only opened opens others our packed pages paid
painful part period phones photographers photos picks pictures piles plates polished pretending pulled puts quickly
quietly rags ran reads ready revealing revoked rings rises rubbing runs seated sees seized sets seven several
shadows shanghai she shelves shirtless shivering shoves shows shutting sick signet signs silence silently sirens
sits six slammed slams sleeping slides slowly smartphone smashed smiles smudged snaps snowing sobs softly some
someone something spinning spotlights stands stares startled stirs stops strangers strides strings sudden sunlit
suspense sweeps swipes tables takes talks ten than then thirty thousands threatening thriller tired touches trees
triumphant turns twenty umbrellas underwater unlike until upset vases visual voices waiters waitress walks walls we
wears what when where while who whole wiped wipes wives women wounded wrapped xianxia younger your youth
""")

TOKENS = {
    word: int(count)
    for word, count in entries("""
accusingly 2, afterglow 2, alluring 2, aloof 2, apologising 2, arched 2, ashtray 2, astonished 2, awestruck 2
bandaging 2, beckoning 2, beggar 2, bloodshot 2, bloodstained 2, blushing 2, bokeh 2, braking 2, breasted 2
breathless 2, brocade 2, bruises 2, burly 2, bygone 2, camisole 3, chandeliers 3, childlike 2, chopsticks 2
clasped 2, clenching 2, clinging 2, clinking 2, coarse 2, cobwebs 2, cocktail 3, collapsing 2, collarbone 2
combing 2, confessing 2, confronting 2, consort 2, contemptuous 3, corduroy 3, coughing 2, cramped 2, crossbow 2
damask 2, dangling 2, dazed 2, deathly 2, dejected 3, desolate 2, dignified 2, dilapidated 4, disbelief 2
disdainful 3, dishevelled 3, dodging 2, doting 2, dowager 2, downcast 2, drapes 2, dreamlike 2, earlobe 2
eavesdropping 3, edict 2, eunuch 2, excavator 2, expectant 2, expressionless 3, eyelids 3, fainting 2, faintly 3
fawning 2, ferocious 2, fingertips 2, fists 2, flinging 2, flirtatious 4, fluttering 3, frenzied 3, ginkgo 3
glances 2, glaring 2, glittering 2, gnashing 3, gramophone 2, greatcoat 2, greying 2, greyish 2, grooms 2, guqin 3
haggard 2, handkerchief 3, handrail 2, harem 2, haughty 2, headdress 2, headmaster 2, headscarf 2, henchmen 3
hesitant 2, hurriedly 4, impatient 2, ingots 2, interlocked 2, interwoven 2, iou 2, kidnappers 2, kneels 2
knotted 2, kowtowing 2, landlady 2, lapelled 2, leafing 2, leaping 2, lectern 2, limousine 2, livestreaming 2
livid 2, loosely 2, loosened 3, lute 2, magistrate 2, maidservants 2, meditating 2, mopping 2, motorcade 2
mottled 2, necked 2, neckline 2, newlyweds 2, nightfall 2, nodding 2, oppressive 2, outlined 2, overturning 2
panicked 2, parted 2, passers 2, patched 2, paternity 2, patting 2, peephole 3, pendulum 2, pigsty 2, pinching 2
pipa 2, pleading 2, pleasantly 2, pleated 2, pram 2, puzzled 2, queueing 2, ragged 2, railing 2, raincoat 2
raindrops 2, reddened 2, reddening 2, regretful 2, resentful 3, resolute 3, respectfully 2, restrained 2, revoked 2
rimless 2, rockery 2, rostrum 2, saluting 2, schoolhouse 2, sequinned 3, shards 2, shielding 2, shivering 2
shopkeeper 2, shoves 2, shrouded 3, signboard 2, signet 2, slamming 2, slanting 2, slapping 2, slicked 2, slumped 2
smirking 2, smitten 2, smudged 2, socialites 2, sockets 2, solemn 2, sorrowful 3, splashing 2, spotlights 2
squeezing 2, stamping 2, startled 2, steadying 2, stirs 2, straightening 2, strapless 2, stretcher 2, stricken 2
stroking 2, sunlit 2, suspenseful 3, swaying 2, swipes 2, swiping 2, swirling 2, swordsman 3, tailcoat 2, talisman 2
talkie 2, threshing 2, tidying 2, tiled 2, timid 2, tiptoe 2, torches 2, transfusion 2, tricycle 2, tucking 2
tulle 2, turtleneck 3, tweezers 2, underfoot 2, uneasy 2, vases 2, vermilion 3, waiters 2, walkie 2, watchmaker 2
waterside 2, weathered 2, whirlpool 2, windbreaker 2, wiping 2, woodshed 2, woollen 2, wronged 2, xianxia 3
""").items()
}
