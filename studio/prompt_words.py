"""The words of shot lists, Chinese to English, for text encoders that read no Chinese. Tables only.

Closed: what is not in them is reported by studio.prompt_reading, never guessed. Entries: "中文 english", by commas.
Storyboard frames have these words in their recipes: a new word goes to studio.prompt_glossary, or all would be redone.
"""

import re


def entries(text: str) -> dict[str, str]:
    pairs = (entry.split(maxsplit=1) for entry in re.split(r"[,\n]", text) if entry.strip())
    return {chinese: english.strip() for chinese, english in pairs}


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLACES = entries("""
客厅 living room, 卧室 bedroom, 主卧 master bedroom, 书房 study, 厨房 kitchen, 餐厅 dining room, 浴室 bathroom
卫生间 bathroom, 洗手间 washroom, 厕所 toilet, 阳台 balcony, 露台 terrace, 玄关 entrance hall, 走廊 corridor
楼道 stairwell, 楼梯间 stairwell, 楼梯 stairs, 楼梯口 top of the stairs, 电梯 elevator, 电梯间 elevator lobby
电梯口 elevator door, 大厅 lobby, 大堂 lobby, 前台 reception desk, 办公室 office, 总裁办公室 executive office
总裁办 executive office, 董事长办公室 executive office, 会议室 meeting room, 会客室 reception room, 茶水间 office pantry
工位 office desk, 公司 office building, 写字楼 office tower, 集团 corporate tower, 集团大楼 corporate tower
工作室 studio workshop, 仓库 warehouse, 工厂 factory, 车间 factory floor, 厂房 factory hall, 废弃工厂 abandoned factory
烂尾楼 unfinished building, 工地 construction site, 地下室 basement, 地下车库 underground garage, 车库 garage
停车场 parking lot, 地下停车场 underground parking lot, 医院 hospital, 病房 hospital room, 急诊室 emergency room
手术室 operating room, 手术室外 outside an operating room, 诊室 doctor's office, 药房 pharmacy, 太平间 morgue
医院走廊 hospital corridor, 学校 school, 教室 classroom, 操场 school playground, 宿舍 dormitory, 图书馆 library
校园 campus, 校门口 school gate, 大学 university, 幼儿园 kindergarten, 食堂 canteen, 礼堂 auditorium
实验室 laboratory, 酒店 hotel, 酒店房间 hotel room, 酒店大堂 hotel lobby, 宾馆 guesthouse, 客房 guest room, 套房 hotel suite
总统套房 presidential suite, 宴会厅 banquet hall, 宴会 banquet, 婚礼现场 wedding venue, 婚礼 wedding, 教堂 church
民政局 civil registry office, 咖啡厅 cafe, 咖啡馆 cafe, 咖啡店 coffee shop, 茶馆 teahouse, 茶楼 teahouse, 茶室 tea room
酒吧 bar, 夜店 nightclub, 包厢 private dining room, 包间 private room, 饭店 restaurant, 餐馆 restaurant, 西餐厅 restaurant
火锅店 hotpot restaurant, 面馆 noodle shop, 小吃摊 street food stall, 大排档 street food stall, 超市 supermarket
便利店 convenience store, 商场 shopping mall, 商店 shop, 店铺 shop, 铺子 shop, 服装店 clothing store, 花店 flower shop
书店 bookshop, 珠宝店 jewelry store, 钟表铺 clock repair shop, 钟表店 clock shop, 当铺 pawnshop, 药店 pharmacy, 银行 bank
理发店 barbershop, 美容院 beauty salon, 健身房 gym, 游泳池 swimming pool, 泳池 swimming pool, 菜市场 food market
市场 market, 集市 market fair, 夜市 night market, 拍卖行 auction house, 拍卖会 auction, 画廊 art gallery
博物馆 museum, 剧院 theatre, 剧场 theatre, 舞台 stage, 后台 backstage, 片场 film set, 录音棚 recording studio
电视台 television station, 直播间 livestream room, 街道 street, 街头 street, 大街 street, 老街 old street
步行街 pedestrian street, 马路 road, 路边 roadside, 公路 highway, 高速公路 highway, 山路 mountain road, 小路 path
小巷 alley, 巷子 alley, 巷口 alley entrance, 胡同 alley, 弄堂 lane, 十字路口 crossroads, 路口 street corner, 街角 street corner
街口 street corner, 天桥 footbridge, 桥上 bridge, 桥头 bridge, 大桥 bridge, 隧道 tunnel, 广场 square, 公园 park
花园 garden, 后花园 back garden, 院子 courtyard, 庭院 courtyard, 后院 backyard, 天台 rooftop, 楼顶 rooftop, 屋顶 rooftop
门口 doorway, 大门口 front gate, 大门 front gate, 后门 back door, 家门口 front door, 家老宅 old family mansion
老宅 old mansion, 老宅子 old mansion, 宅院 traditional courtyard house, 祠堂 ancestral hall, 四合院 courtyard house
豪宅 mansion, 别墅 villa, 公馆 mansion, 庄园 manor, 城堡 castle, 公寓 apartment, 出租屋 small rented room, 出租房 small rented room
小区 residential block, 居民楼 apartment building, 家中 home, 家里 home, 房间 room, 房屋 house, 房子 house, 屋内 room
小屋 cabin, 木屋 wooden cabin, 茅屋 thatched hut, 农家 farmhouse, 村庄 village, 村子 village, 村口 village entrance, 农村 countryside
乡下 countryside, 田野 fields, 田间 fields, 稻田 rice field, 麦田 wheat field, 果园 orchard, 草原 grassland, 草地 meadow
森林 forest, 树林 woods, 竹林 bamboo grove, 山上 mountain, 山顶 mountain top, 山洞 cave, 山谷 valley, 悬崖 cliff, 崖边 cliff edge
沙漠 desert, 海边 seaside, 海滩 beach, 沙滩 beach, 大海 sea, 码头 pier, 港口 harbour, 湖边 lakeside, 河边 riverside, 江边 riverside
岸边 shore, 瀑布 waterfall, 岛上 island, 船上 boat, 甲板 ship deck, 机场 airport, 航站楼 airport terminal, 飞机上 plane cabin
机舱 plane cabin, 火车站 railway station, 车站 station, 站台 platform, 地铁站 subway station, 地铁 subway, 公交站 bus stop
车内 car interior, 车里 car interior, 车上 car interior, 轿车内 car interior, 出租车内 taxi interior, 警察局 police station
派出所 police station, 审讯室 interrogation room, 监狱 prison, 牢房 prison cell, 法院 courthouse, 法庭 courtroom, 律所 law office
律师事务所 law office, 墓地 cemetery, 墓园 cemetery, 墓前 gravestone, 灵堂 mourning hall, 殡仪馆 funeral home, 寺庙 temple
道观 taoist temple, 佛堂 prayer hall, 皇宫 imperial palace, 宫殿 palace, 大殿 palace hall, 宫门 palace gate, 御花园 imperial garden
寝宫 imperial bedchamber, 王府 princely mansion, 府邸 mansion, 将军府 general's mansion, 侯府 noble mansion, 客栈 inn, 酒楼 tavern
军营 army camp, 营帐 army tent, 战场 battlefield, 城门 city gate, 城墙 city wall, 城楼 gate tower, 城市 city, 都市 city
高楼 high-rise buildings, 天空 sky, 云端 clouds, 太空 outer space, 飞船 spaceship, 基地 base, 宗门 mountain sect, 仙山 misty mountain
""")

_THINGS = entries("""
桌子 table, 书桌 desk, 办公桌 office desk, 餐桌 dining table, 茶几 coffee table, 工作台 workbench, 台面 counter
柜台 counter, 吧台 bar counter, 椅子 chair, 轮椅 wheelchair, 沙发 sofa, 病床 hospital bed, 床上 bed, 床头 bedside, 床边 bedside
衣柜 wardrobe, 书架 bookshelf, 柜子 cabinet, 抽屉 drawer, 保险柜 safe, 镜子 mirror, 窗户 window, 窗前 by a window, 窗边 by a window
落地窗 floor-to-ceiling window, 窗帘 curtains, 门缝 door ajar, 房门 door, 木门 wooden door, 铁门 iron gate, 玻璃门 glass door
门铃 doorbell, 门灯 porch light, 门锁 door lock, 钥匙 key, 招牌 shop sign, 门牌 door plate, 墙壁 wall, 墙上 on the wall
屋檐 eaves, 青石板 wet flagstones, 地板 floor, 地上 on the ground, 地毯 carpet, 台阶 stone steps, 水洼 puddle, 积水 puddles, 倒影 reflection
挂钟 wall clocks, 时钟 clock, 怀表 pocket watch, 手表 wristwatch, 表盖 watch lid, 后盖 watch back, 机芯 watch movement
目镜 magnifying eyepiece, 放大目镜 magnifying eyepiece, 放大镜 magnifying glass, 螺丝刀 screwdriver, 开表刀 watch knife
工具 tools, 台灯 desk lamp, 工作台灯 work lamp, 吊灯 chandelier, 路灯 street lamp, 灯笼 lantern, 蜡烛 candle, 油灯 oil lamp
手电筒 flashlight, 霓虹灯 neon lights, 车灯 headlights, 手机 phone, 电话 telephone, 电脑 computer, 笔记本电脑 laptop, 屏幕 screen
电视 television, 相机 camera, 摄像头 security camera, 监控 security camera, 麦克风 microphone, 照片 photograph, 合照 photograph
相框 photo frame, 相册 photo album, 信纸 letter paper, 信封 envelope, 旧信 old letters, 书信 letter, 纸条 note, 纸上 paper
钢笔 fountain pen, 钢笔字 ink handwriting, 字迹 handwriting, 毛笔 brush pen, 日记 diary, 日记本 diary, 文件 documents, 文件夹 folder
合同 contract, 离婚协议 divorce papers, 协议书 agreement papers, 协议 agreement papers, 病历 medical record, 化验单 test report
报告 report, 报纸 newspaper, 书本 book, 地图 map, 名片 business card, 银行卡 bank card, 黑卡 black card, 支票 cheque, 现金 cash
钞票 banknotes, 钱包 wallet, 硬币 coin, 戒指 ring, 钻戒 diamond ring, 婚戒 wedding ring, 项链 necklace, 吊坠 pendant, 耳环 earrings
耳钉 stud earrings, 耳坠 drop earrings, 手镯 bracelet, 手链 bracelet, 玉佩 jade pendant, 玉镯 jade bracelet, 发簪 hairpin, 簪子 hairpin
口红 lipstick, 香水 perfume, 行李箱 suitcase, 箱子 box, 盒子 box, 木盒 wooden box, 礼盒 gift box, 礼物 gift, 蛋糕 cake
鲜花 flowers, 花束 bouquet, 玫瑰 roses, 花瓶 vase, 花瓣 petals, 酒杯 wine glass, 红酒 red wine, 香槟 champagne, 酒瓶 bottle
茶杯 teacup, 茶壶 teapot, 咖啡 coffee, 咖啡杯 coffee cup, 水杯 glass of water, 饭菜 dishes of food, 面条 noodles, 饺子 dumplings
药瓶 medicine bottle, 药片 pills, 针管 syringe, 输液 drip stand, 绷带 bandage, 拐杖 cane, 匕首 dagger, 刀子 knife, 小刀 knife, 细刀 thin knife
长剑 long sword, 宝剑 sword, 手枪 pistol, 弓箭 bow and arrow, 盔甲 armour, 绳子 rope, 手铐 handcuffs, 面具 mask, 口罩 face mask
雨伞 umbrella, 黑伞 black umbrella, 油纸伞 oil-paper umbrella, 伞沿 umbrella edge, 撑伞 holding an umbrella, 火盆 brazier, 壁炉 fireplace
炉火 fire, 烟头 cigarette end, 香烟 cigarette, 雪茄 cigar, 烟雾 smoke, 灰烬 ashes, 墓碑 gravestone, 棺材 coffin, 遗像 memorial portrait
香炉 incense burner, 佛像 buddha statue, 古筝 guzheng, 钢琴 piano, 吉他 guitar, 小提琴 violin, 玩具 toy, 气球 balloon, 自行车 bicycle
摩托车 motorcycle, 电动车 scooter, 汽车 car, 轿车 sedan car, 豪车 luxury car, 跑车 sports car, 出租车 taxi, 公交车 bus
救护车 ambulance, 警车 police car, 卡车 truck, 火车 train, 飞机 plane, 直升机 helicopter, 马车 horse carriage, 小船 small boat, 轮船 ship
小狗 puppy, 小猫 kitten, 骏马 horse, 鸟笼 birdcage, 鸽子 doves, 蝴蝶 butterfly, 大树 large tree, 枯树 bare tree, 樱花 cherry blossom
梅花 plum blossom, 桃花 peach blossom, 荷花 lotus, 落叶 fallen leaves, 竹子 bamboo, 人群 crowd, 宾客 guests, 客人 guests, 保镖 bodyguards
记者 reporters, 医生 doctor, 护士 nurse, 警察 police officer, 服务员 waiter, 管家 butler, 佣人 maid, 孩子 child, 小孩 child
婴儿 baby, 老人 elderly person, 女孩 girl, 男孩 boy, 女人 woman, 男人 man, 士兵 soldiers, 侍卫 palace guards, 丫鬟 maidservant
""")

_BODY_AND_DEED = entries("""
头也不抬 head lowered, 肩头 shoulder, 眼睛 eyes, 双眼 eyes, 眼神 gaze, 眼泪 tears, 泪水 tears, 泪光 tears in the eyes, 泪痕 tear stains, 眼眶 wet eyes, 眼角 corner of the eye
嘴角 corner of the mouth, 嘴唇 lips, 额头 forehead, 脸颊 cheek, 脸色苍白 pale face, 脸上 face, 侧脸 profile, 背影 back view, 手指 fingers
拳头 clenched fist, 双手 hands, 手掌 palm, 手腕 wrist, 肩膀 shoulder, 膝盖 knees, 脚步 footsteps, 伤口 wound, 伤疤 scar, 疤痕 scar
血迹 bloodstains, 鲜血 blood, 汗水 sweat, 跳动 flickering, 碎开 breaking apart, 脸色变 shocked face, 脸色大变 shocked face, 影子 shadow, 身影 silhouette, 剪影 silhouette, 阴影 shadow, 阴影里 in shadow
坐在 sitting, 独坐 sitting alone, 坐着 sitting, 坐下 sitting down, 站在 standing, 站着 standing, 站起 standing up, 起身 standing up
躺在 lying, 躺着 lying, 跪在 kneeling, 跪下 kneeling, 跪地 kneeling, 蹲下 crouching, 靠在 leaning, 趴在 lying face down, 伏在 bent over
伏案 bent over a desk, 走来 walking closer, 走进 walking in, 走出 walking out, 走向 walking towards, 走过 walking past, 转身 turning around
回头 looking back, 转头 turning the head, 奔跑 running, 跑来 running closer, 追赶 chasing, 逃跑 running away, 推门 opening the door
推门而入 coming through the door, 关门 closing the door, 敲门 knocking on a door, 按门铃 ringing a doorbell
骤亮 suddenly lit, 停在 parked, 停下 stopping, 驶过 driving past, 驶来 driving up, 落下 falling, 滴落 dripping, 跌倒 falling down
摔倒 falling down, 拥抱 embracing, 抱住 embracing, 牵手 holding hands, 握手 shaking hands
递给 handing over, 递过 handing over, 推到 pushed across

烧信 burning letters, 燃烧 burning, 掉出 falling out, 弹开 springing open, 刻着 engraved, 写着 written, 亲吻 kissing, 接吻 kissing
耳光 slap, 推搡 shoving, 打斗 fighting, 争吵 arguing, 对峙 confrontation, 对视 looking at each other, 凝视 gazing, 直视镜头 looking straight into the camera
看着 looking, 望着 gazing, 盯着 staring, 抬头 looking up, 低头 head lowered, 垂眼 eyes lowered, 闭眼 eyes closed, 睁眼 opening eyes
皱眉 frowning, 微笑 smiling, 冷笑 sneering, 大笑 laughing, 苦笑 bitter smile, 哭泣 crying, 流泪 in tears, 痛哭 weeping, 愤怒 angry
震惊 shocked, 惊讶 surprised, 恐惧 afraid, 害怕 afraid, 紧张 tense, 悲伤 sad, 难过 sad, 绝望 despairing, 冷漠 cold expression, 冷冷 cold expression
温柔 gentle, 坚定 determined, 疲惫 exhausted, 一动不动 motionless, 发抖 trembling, 颤抖 trembling, 昏迷 unconscious, 睡着 asleep
打电话 talking on the phone, 接电话 talking on the phone, 喝酒 drinking, 喝茶 drinking tea, 吃饭 eating, 抽烟 smoking, 开车 driving, 骑马 riding a horse
写字 writing, 看书 reading, 弹琴 playing an instrument, 跳舞 dancing, 唱歌 singing, 修表 repairing a watch, 做饭 cooking, 签字 signing, 签名 signing
下车 getting out of a car, 上车 getting into a car, 鞠躬 bowing, 敬酒 raising a toast, 挥手 waving, 鼓掌 applauding, 围观 onlookers
""")

_AIR = entries("""
下雨 rain, 大雨 heavy rain, 暴雨 heavy rain, 小雨 light rain, 细雨 drizzle, 雨后 after the rain, 雨水 rainwater, 雨夜 rainy night, 雨中 in the rain
雨幕 curtain of rain, 淋雨 soaked by rain, 湿透 soaking wet, 下雪 snow, 大雪 heavy snow, 雪地 snowy ground, 雪花 snowflakes, 飘雪 falling snow, 雪夜 snowy night
大雾 thick fog, 雾气 mist, 薄雾 mist, 闪电 lightning, 打雷 thunderstorm, 雷雨 thunderstorm, 大风 strong wind, 微风 breeze, 狂风 storm wind, 台风 storm
乌云 dark clouds, 阴天 overcast sky, 晴天 clear sky, 蓝天 blue sky, 白云 white clouds, 天光 pale skylight, 泛光 glistening, 阳光 sunlight, 逆光 backlight
晨光 morning light, 晨雾 morning mist, 朝阳 rising sun, 日出 sunrise, 夕阳 setting sun, 日落 sunset, 晚霞 sunset glow, 黄昏 dusk, 傍晚 dusk
清晨 early morning, 早晨 morning, 上午 morning, 中午 noon, 下午 afternoon, 夜晚 night, 深夜 late night, 午夜 midnight, 夜色 night
月光 moonlight, 月亮 moon, 星空 starry sky, 星星 stars, 烟花 fireworks, 灯光 lamplight, 烛光 candlelight, 火光 firelight, 霓虹 neon lights
昏暗 dim light, 昏黄 dim yellow light, 没开灯 unlit dark room, 没有开灯 unlit dark room, 漆黑 pitch dark, 黑暗 darkness, 明亮 bright light
春天 spring, 夏天 summer, 秋天 autumn, 冬天 winter, 雨雪 sleet, 尘土 dust, 沙尘 sandstorm, 水汽 steam, 蒸汽 steam, 闪回 flashback
古代 ancient china, 民国 1930s china, 现代 modern day, 未来 futuristic
""")

_WARDROBE = entries("""
大衣 overcoat, 风衣 trench coat, 外套 jacket, 夹克 jacket, 皮衣 leather jacket, 皮夹克 leather jacket, 羽绒服 down jacket, 棉袄 padded jacket
西装 suit, 西服 suit, 西装外套 blazer, 衬衫 shirt, 衬衣 shirt, 毛衣 sweater, 针织衫 knitted sweater, 卫衣 hoodie, 背心 vest, 马甲 waistcoat
短袖 short-sleeved shirt, 连衣裙 dress, 长裙 long dress, 短裙 short skirt, 裙子 skirt, 礼服 evening gown, 晚礼服 evening gown, 婚纱 wedding dress
旗袍 qipao dress, 汉服 hanfu robe, 唐装 tang suit, 长袍 long robe, 龙袍 imperial dragon robe, 官服 official robe, 嫁衣 red wedding robe, 铠甲 armour
中山装 mao suit, 长衫 long gown, 裤子 trousers, 长裤 trousers, 西裤 suit trousers, 牛仔裤 jeans, 牛仔外套 denim jacket, 短裤 shorts, 睡衣 pajamas
睡袍 dressing gown, 浴袍 bathrobe, 围裙 apron, 校服 school uniform, 制服 uniform, 工作服 work clothes, 工装 work clothes, 军装 military uniform
警服 police uniform, 白大褂 white doctor's coat, 护士服 nurse uniform, 病号服 hospital gown, 运动服 tracksuit, 职业装 business suit
丧服 mourning clothes, 衣服 clothes, 上衣 top, 衣领 collar, 领带 tie, 领结 bow tie, 围巾 scarf, 披肩 shawl, 斗篷 cloak, 披风 cape
手套 gloves, 帽子 hat, 礼帽 top hat, 鸭舌帽 flat cap, 棒球帽 baseball cap, 草帽 straw hat, 皇冠 crown, 凤冠 phoenix crown, 头纱 veil, 面纱 veil
皮鞋 leather shoes, 高跟鞋 high heels, 运动鞋 sneakers, 靴子 boots, 布鞋 cloth shoes, 拖鞋 slippers, 皮带 belt, 腰带 belt, 手提包 handbag
背包 backpack, 书包 schoolbag, 公文包 briefcase, 眼镜 glasses, 金丝眼镜 gold-rimmed glasses, 墨镜 sunglasses, 胸针 brooch, 发卡 hair clip
长发 long hair, 短发 short hair, 卷发 curly hair, 直发 straight hair, 马尾 ponytail, 马尾辫 ponytail, 辫子 braids, 双马尾 twin tails, 丸子头 hair bun
盘发 hair in a bun, 发髻 hair in a bun, 刘海 fringe, 寸头 buzz cut, 光头 shaved head, 白发 white hair, 银发 silver hair, 胡子 beard, 胡须 beard
胡茬 stubble, 妆容 make-up, 淡妆 light make-up, 浓妆 heavy make-up, 素颜 no make-up, 年轻 young, 中年 middle-aged, 年迈 elderly
""")

# Joined to the word that follows: 黑色 + 大衣 = black overcoat.
MODIFIERS = entries("""
满墙 wall covered with, 戴着 wearing, 戴上 putting on, 穿着 wearing, 身穿 wearing, 拿着 holding, 抱着 holding, 撑着 holding, 拿起 picking up
拿出 taking out, 举起 raising, 放下 putting down, 摘下 taking off, 撬开 prying open, 打开 opening, 推开 pushing open, 踏进 stepping into
握住 gripping, 攥住 gripping, 紧握 gripping, 撕碎 tearing up, 扔下 throwing down, 摔碎 shattering, 满地 ground covered with, 满桌 table covered with
黑色 black, 白色 white, 灰色 grey, 红色 red, 大红 bright red, 暗红 dark red, 酒红 wine red, 粉色 pink, 粉红 pink, 橙色 orange
黄色 yellow, 金色 golden, 银色 silver, 绿色 green, 墨绿 dark green, 墨绿色 dark green, 浅绿 light green, 蓝色 blue, 深蓝 dark blue, 深蓝色 dark blue
浅蓝 light blue, 天蓝 sky blue, 藏青 navy blue, 藏青色 navy blue, 藏蓝 navy blue, 紫色 purple, 棕色 brown, 褐色 brown, 咖啡色 brown, 驼色 camel
卡其色 khaki, 米色 beige, 米白 cream, 米白色 cream, 青色 teal, 深色 dark, 浅色 light, 深灰 dark grey, 浅灰 light grey, 彩色 colourful, 透明 transparent
碎花 floral, 格子 checked, 条纹 striped, 波点 polka dot, 蕾丝 lace, 丝绸 silk, 真丝 silk, 皮革 leather, 牛仔 denim, 羊毛 wool, 羊绒 cashmere
棉麻 linen, 天鹅绒 velvet, 珍珠 pearl, 钻石 diamond, 翡翠 jade, 黄金 gold, 青铜 bronze, 黄铜 brass, 木质 wooden, 铁质 iron, 玻璃 glass
破旧 shabby, 古老 ancient, 老旧 old, 陈旧 old, 发黄的 yellowed, 泛黄的 yellowed, 崭新 brand new, 华丽 ornate, 奢华 luxurious, 豪华 luxurious
简陋 bare, 简单 simple, 朴素 plain, 干净 clean, 凌乱 messy, 空荡 empty, 空荡荡 empty, 空旷 wide empty, 废弃 abandoned, 锃亮 shiny, 精致 delicate
修身 slim-fit, 宽松 loose, 厚重 heavy, 单薄 thin, 巨大 huge, 复古 vintage, 中式 chinese-style, 欧式 european-style, 高级 luxury, 高档 luxury
秘密 secret, 神秘 mysterious, 热闹 lively, 安静 quiet, 繁华 bustling, 偏僻 remote, 冰冷 cold, 温暖 warm, 潮湿 damp, 带血 bloody, 沾血 bloody
""")

# One character says something only where it stands alone between known words: in 晚晴 or 相信 it is part of a name or word.
ALONE = entries("""
家 home, 街 street, 路 road, 桥 bridge, 山 mountain, 河 river, 江 river, 湖 lake, 海 sea, 村 village, 城 city, 店 shop, 铺 shop, 宅 mansion, 院 courtyard
门 door, 窗 window, 墙 wall, 床 bed, 桌 table, 椅 chair, 灯 lamp, 车 car, 船 boat, 马 horse, 狗 dog, 猫 cat, 鸟 bird, 花 flower, 树 tree, 草 grass
雨 rain, 雪 snow, 雾 fog, 风 wind, 火 fire, 烟 smoke, 血 blood, 泪 tears, 刀 knife, 剑 sword, 枪 gun, 伞 umbrella, 信 letter, 书 book, 笔 pen
酒 wine, 茶 tea, 水 water, 药 medicine, 钱 money, 表 watch, 钟 clock, 肩 shoulder, 琴 zither, 棋 chess, 脸 face, 手 hand, 脚 feet, 坐 sitting, 站 standing
跪 kneeling, 躺 lying, 跑 running, 走 walking, 哭 crying, 笑 smiling, 吻 kissing, 睡 asleep
""")
MODIFIES_ALONE = entries("""
黑 black, 白 white, 红 red, 灰 grey, 蓝 blue, 绿 green, 黄 yellow, 紫 purple, 旧 old, 老 old, 新 new, 小 small, 大 large, 长 long, 短 short, 破 worn, 湿 wet, 金 gold, 银 silver
撑 holding, 穿 wearing, 戴 wearing, 拿 holding
""")

# Words that carry no picture: passed over without a report.
SILENT = words("""
声音 看见 看到 看 四 五 六 七 八 九 十 顺着 沿着 随着 跟着 朝着 对着 向着 围着 正在 一个 一名 一位 一只 一把 一张 一封 一封封 一辆 一件 一条 一片 一行 一声
一步 几个 两个 三个 两人 三人 二人 众人 有人 自己 他们 她们 我们 你们 忽然 突然 慢慢 缓缓 轻轻 静静 默默 紧紧 已经
仍然 依然 非常 十分 极小 全都 之间 之中 之下 旁边 面前 身后 身边 身旁 前面 后面 对面 外面 里面 里侧 上面 下面 起来
下来 过来 过去 出来 进来 出去 进去 一起 同时 然后 随后 接着 此时 这时 那里 这里 什么 怎么 唯一 因为 所以 但是 可是
如果 的 了 着 过 在 里 内 外 上 下 中 前 后 旁 边 一 二 两 三 个 只 张 把 被 将 和 与 及 跟 同 从 到
向 往 对 朝 给 让 使 地 得 她 他 它 我 你 您 们 这 那 其 是 有 也 都 就 又 再 还 才 便 却 则 而 且
并 很 太 更 最 正 已 曾 要 会 能 可 想 去 来 起 出 进 回 以 之 于 由 为 所 等 第 某 每 各 某个 道 名 位 件
条 片 辆 封 声 步 次 场 号
""")

# What these deny cannot be shown by naming it.
NEGATIONS = words("没有 没 不 不再 不是 未 无 别")

# English that may be written with a capital, beside every English word of the table. Capitals else mean a name.
_MORE_ENGLISH = words("""
abandoned above across after afternoon against all alley alone ancient and angle apartment arm arms art at attic back
badge bag bakery ballroom bank bar basement bay beach bed below beside between big black blood blouse blue board
boardroom body bottom boutique boy bridge bright broken brown building bus by cabin cafe candle car cartoon castle
ceiling cell chair chapel chest church cinematic city clinic clock close club coat cold colour corner corridor cottage
couch counter courtroom crowd dark dawn day daylight deck den department desk detail diner dining dirty door doors
down drawing dress dressing driveway driving dutch early elevator empty entrance establishing evening exterior extreme
eye eyes face factory family far farm fast father feet fence field figure figures filling fire first floor forest
formal foyer from front full garage garden gate girl glass gold golden grand graphite gray green grey ground group
hair half hall hallway hand hands hat head her high hill his home horizon hospital hotel hour house ice illustration
in inn insert inside interior into iron island jacket kitchen laboratory lake lamp lane large late laundry leather
left library light lights lines little living lobby lodge long lounge low luxury main man mansion market medium middle
mirror modern moment moments monochrome morning motel mother mountain mouth museum narrow natural near neon new night
nightclub no noon nose ocean of off office old on one open opposite outdoor outdoors outside over overhead painting
palace pale parking passenger patio pencil penthouse person phone pier platform plaza point police pool porch private
public quiet rain rainy realistic reception red render restaurant right river road rock roof rooftop room row ruined
rural rustic sad school sea seat second service set shading shadow shed ship shop shore short shot shoulder shoulders
side sidewalk silk silver sketch sky slow small smoke snow soaked sofa soft square staff stage stairs stairwell
station steel steps still stone store storm storyboard stranger street study suburban subway suit suite sun sunny
sunset surroundings table tall taxi tears terrace that the theater theatre their there these they third this three
through tilted tiny to toe toilet top tower town train tree two under uniform university up upper urban vast vehicle
very view villa village vintage waist waiting walk wall wardrobe warehouse warm wash washroom water wedding wet white
wide wild wind window windows winter with woman wood wooden woods work workshop worm yard year yellow young
""")

TABLE = _PLACES | _THINGS | _BODY_AND_DEED | _AIR | _WARDROBE | MODIFIERS | ALONE | MODIFIES_ALONE
KNOWN_ENGLISH = frozenset(re.findall(r"[a-z]+", " ".join(TABLE.values()))) | _MORE_ENGLISH

# Words of the house that CLIP's byte-pair encoding cuts in pieces, with their number; every other one is one token.
TOKENS = {
    word: int(count)
    for word, count in entries("""
ajar 2, applauding 2, backlight 2, bandage 2, banknotes 2, bathrobe 2, bedchamber 2, birdcage 3, bitter 2, bloodstains 2, bodyguards 2, brazier 2, briefcase 2, bustling 2, clenched 2, computer 2, crouching 2, despairing 2, doorbell 2,
dormitory 3, eaves 2, eyepiece 2, firelight 2, flagstones 2, flickering 2, footbridge 2, frowning 3, glistening 2,
grassland 2, gravestone 2, guesthouse 2, guzheng 3, hairpin 2, handcuffs 2, hanfu 2, hotpot 2, interrogation 2,
kneeling 2, lamplight 2, magnifying 2, maidservant 2, morgue 2, motionless 2, onlookers 3, overcoat 2, pawnshop 3,
princely 3, prying 2, puddles 2, qipao 2, rainwater 2, rimmed 2, sandstorm 2, schoolbag 2, scooter 2, shattering 2,
shoving 2, skylight 2, sleeved 2, sneering 2, springing 2, stairwell 2, storyboard 2, stubble 2, syringe 3, taoist 2,
teacup 2, teahouse 2, thatched 2, tilted 2, tracksuit 2, trembling 2, unlit 2, waistcoat 2, washroom 2, workbench 2,
wristwatch 2, yellowed 2, zither 2
""").items()
}
